#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tape/bytes.h"
#include "tape/chunk.h"
#include "tape/span_block.h"
#include "tape/zstd_frame.h"

// Mutators for fuzzers of the formats of this layer. Under libFuzzer's own nearly every input would end at a
// checksum or within a zstd frame.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace pilothouse::tape {

inline void mutate_text(std::string& text) {
  const std::size_t before = text.size();
  text.resize(before + 64);
  text.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(text.data()), before, text.size()));
}

// The same block, written as this program writes it.
inline std::string encode_again(const SpanBlock& block) {
  SpanBlockBuilder builder;
  const auto texts = [](const auto& from) { return std::vector<std::string>(from.begin(), from.end()); };
  builder.computations = texts(block.computations);
  builder.groups = texts(block.groups);
  builder.workers = texts(block.workers);
  builder.types = texts(block.types);
  builder.action_names = texts(block.action_names);
  builder.computation = block.computation;
  builder.group = block.group;
  builder.worker = block.worker;
  builder.type = block.type;
  builder.thread = block.thread;
  builder.nbytes = block.nbytes;
  builder.status = block.status;
  builder.action_count = block.action_count;
  builder.action = block.action;
  builder.action_start = block.action_start;
  builder.action_stop = block.action_stop;
  builder.key_length = block.key_length;
  builder.key_bytes = block.key_bytes;
  return encode_span_block(builder);
}

// Unpacks one section of a block of version 2, changes it, and makes the checksums right. False when these
// are not sections.
inline bool mutate_section(std::string& block, std::minstd_rand& random) {
  constexpr std::size_t kHeader = 16;
  constexpr std::size_t kEntry = 24;
  if (block.size() < kHeader || !block.starts_with("PHS2")) return false;
  const auto sections = get<std::uint32_t>(block, 12);
  if (sections == 0 || sections > 8 || block.size() < kHeader + sections * kEntry) return false;
  std::vector<std::string> bytes;
  std::string_view rest = std::string_view(block).substr(kHeader + sections * kEntry);
  for (std::size_t i = 0; i < sections; ++i) {
    const auto stored = get<std::uint32_t>(block, kHeader + i * kEntry + 4);
    if (stored > rest.size()) return false;
    bytes.emplace_back(rest.substr(0, stored));
    rest.remove_prefix(stored);
  }
  const std::size_t chosen = random() % sections;
  std::string entry = block.substr(kHeader + chosen * kEntry, kEntry);
  const auto raw_length = get<std::uint32_t>(entry, 8);
  std::string raw(std::min<std::size_t>(raw_length, kMaxPayload), '\0');
  const bool packed = entry[2] == 1 && read_zstd_frame(bytes[chosen], raw.data(), raw.size());
  if (!packed) raw = bytes[chosen];
  mutate_text(raw);
  bytes[chosen].clear();
  const bool pack = packed && append_zstd_frame(bytes[chosen], raw, 1);
  if (!pack) bytes[chosen] = raw;

  std::string table = block.substr(0, kHeader);
  for (std::size_t i = 0; i < sections; ++i) {
    std::string one = block.substr(kHeader + i * kEntry, kEntry);
    const auto stored = static_cast<std::uint32_t>(bytes[i].size());
    const auto length = static_cast<std::uint32_t>(raw.size());
    const std::uint64_t sum = XXH3_64bits(bytes[i].data(), bytes[i].size());
    if (i == chosen) {
      one[2] = pack ? 1 : 0;
      std::memcpy(one.data() + 8, &length, sizeof length);
    }
    std::memcpy(one.data() + 4, &stored, sizeof stored);
    std::memcpy(one.data() + 16, &sum, sizeof sum);
    table += one;
  }
  for (const std::string& section : bytes) table += section;
  block = std::move(table);
  return true;
}

inline void mutate_span_block(std::string& block, std::minstd_rand& random) {
  if (random() % 32 == 0) {
    if (const auto decoded = decode_span_block(block)) {
      block = encode_again(*decoded);
      return;
    }
  }
  if (random() % 4 == 0 || !mutate_section(block, random)) mutate_text(block);
}

// Makes the checksum right in every chunk whose bytes are there.
inline void fix_checksums(std::uint8_t* data, std::size_t size) {
  for (std::size_t at = 0; size - at >= kHeaderSize;) {
    const std::string_view header(reinterpret_cast<const char*>(data) + at, kHeaderSize);
    std::uint32_t stored = 0;
    std::memcpy(&stored, header.data() + 40, sizeof stored);
    if (stored > size - at - kHeaderSize) return;
    const std::uint64_t sum = chunk_checksum(header, {header.data() + kHeaderSize, stored});
    std::memcpy(data + at + kChecksumOffset, &sum, sizeof sum);
    at += kHeaderSize + stored;
  }
}

// Changes one payload as it is before compression, or how many chunks there are and of what kind, and now and
// then any byte at all.
inline std::size_t mutate_chunks(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  std::minstd_rand random(seed);
  std::vector<ChunkView> chunks;
  std::vector<std::string> payloads;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (const auto chunk = take_chunk(rest)) {
    auto payload = raw_payload(*chunk);
    if (!payload) break;
    chunks.push_back(*chunk);
    payloads.push_back(std::move(*payload));
  }
  std::string out;
  if (!chunks.empty() && random() % 4 != 0) {
    const std::size_t chosen = random() % chunks.size();
    const auto at = static_cast<std::ptrdiff_t>(chosen);
    switch (random() % 16) {
      case 0:
        chunks.erase(chunks.begin() + at);
        payloads.erase(payloads.begin() + at);
        break;
      case 1:
        chunks.insert(chunks.begin() + at, chunks[chosen]);
        payloads.insert(payloads.begin() + at, payloads[chosen]);
        break;
      case 2:
        chunks[chosen].kind = static_cast<Kind>(1 + random() % (kKindNames.size() - 1));
        break;
      case 3:
        chunks[chosen].records = static_cast<std::uint32_t>(random() % 4);
        break;
      default:
        if (chunks[chosen].kind == Kind::kSpans) {
          mutate_span_block(payloads[chosen], random);
        } else {
          mutate_text(payloads[chosen]);
        }
    }
    std::uint64_t sequence = 0;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      sequence = std::max(chunks[i].sequence, sequence + 1);
      if (!append_chunk(out, chunks[i].kind, chunks[i].session, sequence, chunks[i].records, payloads[i]))
        break;
    }
  }
  if (out.empty() || out.size() > max_size) {
    size = LLVMFuzzerMutate(data, size, max_size);
    fix_checksums(data, size);
    return size;
  }
  std::memcpy(data, out.data(), out.size());
  return out.size();
}

}  // namespace pilothouse::tape
