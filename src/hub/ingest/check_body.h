#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/session_id.h"
#include "store/record_store.h"

namespace pilothouse::hub {

// Why a request body is refused. The sequence is missing when the bytes do not even tell that.
struct InvalidChunk {
  std::optional<std::uint64_t> sequence;
  std::string message;
};

// What the chunks of a body come to once decompressed, as their headers state it, at most what check_body()
// allows.
std::size_t stated_size(std::string_view body);

// About what checked chunks take in memory until they are stored, which what is summed up of spans can make
// more than their bytes.
std::size_t held_by(const std::vector<store::Chunk>& chunks);

// Checks a request body whole: framing, checksums, session, order, every field of every record, every index
// of every span block. Of chunks up to `mark`, which the store has, only the frame is checked, and they are
// left out; a session's record is always there. Needs no store and no lock; the answer owns all it holds.
boost::system::result<std::vector<store::Chunk>, InvalidChunk> check_body(std::string_view body,
                                                                          const base::SessionId& session,
                                                                          std::uint64_t mark = 0);

}  // namespace pilothouse::hub
