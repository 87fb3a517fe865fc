#include "delta_columns.h"

#include <cstdint>
#include <map>

#include "tape/planes.h"
#include "tape/zstd_frame.h"

namespace pilothouse::bench {
namespace {

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

}  // namespace

std::string encode_delta_columns(const tape::SpanBlockBuilder& block, int level) {
  std::string start;
  std::string duration;
  std::string worker;
  std::string thread;
  std::string group;
  std::string type;
  std::string nbytes;
  std::string earlier;
  std::string earlier_start;
  std::string earlier_duration;
  std::map<std::uint64_t, std::uint64_t> threads;
  base::Micros before = 0;
  std::size_t action = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const std::size_t last = action + block.action_count[i] - 1;
    const base::Micros begun = block.action_start[last];
    put_varint(start, tape::zigzag(begun - before));
    before = begun;
    put_varint(duration, tape::zigzag(block.action_stop[last] - begun));
    put_varint(earlier, block.action_count[i] - 1U);
    for (; action < last; ++action) {
      put_varint(earlier_start, tape::zigzag(begun - block.action_start[action]));
      put_varint(earlier_duration, tape::zigzag(block.action_stop[action] - block.action_start[action]));
    }
    ++action;
    put_varint(worker, block.worker[i]);
    put_varint(thread, threads.try_emplace(block.thread[i], threads.size()).first->second);
    put_varint(group, block.group[i]);
    put_varint(type, block.type[i]);
    put_varint(nbytes, tape::zigzag(block.nbytes[i]));
  }
  std::string out;
  for (const std::string* column : {&start, &duration, &worker, &thread, &group, &type, &nbytes, &earlier,
                                    &earlier_start, &earlier_duration}) {
    if (!tape::append_zstd_frame(out, *column, level)) out += *column;
  }
  return out;
}

}  // namespace pilothouse::bench
