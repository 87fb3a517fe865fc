#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/session_id.h"
#include "tape/format.h"

namespace pilothouse::tape {

// A chunk as it lies in a request body. The views point into that body.
struct ChunkView {
  Kind kind{};
  base::SessionId session;
  std::uint64_t sequence = 0;
  std::uint32_t records = 0;
  bool compressed = false;
  std::uint32_t raw_length = 0;
  std::string_view payload;  // as stored
};

// Appends one chunk to `out`. The payload is compressed when that makes it smaller.
// Fails with kTooLarge when it is over kMaxPayload.
base::Result<void> append_chunk(std::string& out, Kind kind, const base::SessionId& session,
                                std::uint64_t sequence, std::uint32_t records, std::string_view payload);

// What a header's checksum must be: of the header's bytes before it and the payload as stored. `header` has
// at least kChecksumOffset bytes.
std::uint64_t chunk_checksum(std::string_view header, std::string_view payload);

// The payload's lengths as the header at the front of `bytes`, all of which is there, states them; nothing
// vouches for them.
struct StatedLengths {
  std::size_t stored = 0;
  std::size_t raw = 0;
};
StatedLengths stated_lengths(std::string_view bytes);

// Reads the chunk at the front of `bytes` and removes it from there. Checks header, limits and checksum; the
// payload's content is not looked at. Bytes are hostile until this has succeeded.
base::Result<ChunkView> take_chunk(std::string_view& bytes);

// The payload, decompressed if need be; never more than kMaxPayload bytes.
base::Result<std::string> raw_payload(const ChunkView& chunk);

}  // namespace pilothouse::tape
