#include "tape/chunk.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "tape/bytes.h"
#include "tape/zstd_frame.h"

namespace pilothouse::tape {
namespace {

using base::Errc;
using base::error;

constexpr int kZstdLevel = 1;

}  // namespace

std::uint64_t chunk_checksum(std::string_view header, std::string_view payload) {
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, header.data(), kChecksumOffset);
  XXH3_64bits_update(&state, payload.data(), payload.size());
  return XXH3_64bits_digest(&state);
}

base::Result<void> append_chunk(std::string& out, Kind kind, const base::SessionId& session,
                                std::uint64_t sequence, std::uint32_t records, std::string_view payload) {
  if (payload.size() > kMaxPayload) return error(Errc::kTooLarge, "a chunk's payload is over 8 MiB");

  std::string packed;
  // A span block has packed its sections itself.
  const bool compressed = kind != Kind::kSpans && append_zstd_frame(packed, payload, kZstdLevel);
  const std::string_view stored = compressed ? packed : payload;

  const std::size_t start = out.size();
  out.append(kMagic);
  put(out, kVersion);
  put(out, static_cast<std::uint16_t>(kind));
  put(out, compressed ? kFlagZstd : std::uint32_t{0});
  out.append(reinterpret_cast<const char*>(session.bytes.data()), session.bytes.size());
  put(out, sequence);
  put(out, static_cast<std::uint32_t>(stored.size()));
  put(out, static_cast<std::uint32_t>(payload.size()));
  put(out, records);
  put(out, std::uint32_t{0});
  put(out, chunk_checksum(std::string_view(out).substr(start), stored));
  out.append(stored);
  return {};
}

StatedLengths stated_lengths(std::string_view bytes) {
  return {get<std::uint32_t>(bytes, 40), get<std::uint32_t>(bytes, 44)};
}

base::Result<ChunkView> take_chunk(std::string_view& bytes) {
  if (bytes.size() < kHeaderSize) return error(Errc::kMalformed, "a chunk ends within its header");
  const std::string_view header = bytes.substr(0, kHeaderSize);
  if (header.substr(0, kMagic.size()) != kMagic)
    return error(Errc::kMalformed, "these bytes are not a chunk");

  const auto version = get<std::uint16_t>(header, 8);
  if (version < kOldestVersion || version > kVersion) {
    return error(Errc::kMalformed, "a chunk has format version " + std::to_string(version) +
                                       ", this program reads " + std::to_string(kOldestVersion) + " to " +
                                       std::to_string(kVersion) + "; a newer Pilothouse may read it");
  }

  ChunkView chunk;
  const auto kind = get<std::uint16_t>(header, 10);
  if (kind == 0 || kind >= kKindNames.size()) {
    return error(Errc::kMalformed, "a chunk has the unknown kind " + std::to_string(kind));
  }
  chunk.kind = static_cast<Kind>(kind);

  const auto flags = get<std::uint32_t>(header, 12);
  if ((flags & ~kFlagZstd) != 0) return error(Errc::kMalformed, "a chunk has unknown flags");
  chunk.compressed = (flags & kFlagZstd) != 0;

  std::memcpy(chunk.session.bytes.data(), header.data() + 16, chunk.session.bytes.size());
  chunk.sequence = get<std::uint64_t>(header, 32);
  // SQLite keeps the mark as a signed 64-bit integer.
  if (chunk.sequence == 0 || chunk.sequence > INT64_MAX) {
    return error(Errc::kMalformed, "a chunk's sequence is out of range");
  }

  const auto stored_length = get<std::uint32_t>(header, 40);
  chunk.raw_length = get<std::uint32_t>(header, 44);
  if (stored_length > kMaxPayload || chunk.raw_length > kMaxPayload) {
    return error(Errc::kTooLarge, "a chunk's payload is over 8 MiB");
  }
  if (!chunk.compressed && stored_length != chunk.raw_length) {
    return error(Errc::kMalformed, "a chunk's two lengths differ although it is not compressed");
  }
  chunk.records = get<std::uint32_t>(header, 48);
  if (get<std::uint32_t>(header, 52) != 0)
    return error(Errc::kMalformed, "a chunk's reserved field is not 0");

  if (bytes.size() - kHeaderSize < stored_length)
    return error(Errc::kMalformed, "a chunk ends within its payload");
  chunk.payload = bytes.substr(kHeaderSize, stored_length);
  if (get<std::uint64_t>(header, kChecksumOffset) != chunk_checksum(header, chunk.payload)) {
    return error(Errc::kMalformed, "a chunk's checksum does not match");
  }

  bytes.remove_prefix(kHeaderSize + stored_length);
  return chunk;
}

base::Result<std::string> raw_payload(const ChunkView& chunk) {
  if (!chunk.compressed) return std::string(chunk.payload);
  std::string raw(chunk.raw_length, '\0');
  if (!read_zstd_frame(chunk.payload, raw.data(), raw.size())) {
    return error(Errc::kMalformed, "a chunk's payload does not decompress to its stated length");
  }
  return raw;
}

}  // namespace pilothouse::tape
