#include <cstring>

#include "base/fuzz.h"
#include "tape/mutators.h"
#include "tape/span_block.h"

using namespace pilothouse;

namespace {

template <class Text>
std::string_view text_at(const std::vector<Text>& texts, std::uint32_t index) {
  return index == tape::kNone ? std::string_view("none") : std::string_view(texts.at(index));
}

// What a block says, whatever the order of its dictionaries.
bool same(const tape::SpanBlock& a, const tape::SpanBlock& b) {
  if (a.size() != b.size() || a.action.size() != b.action.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (text_at(a.computations, a.computation[i]) != text_at(b.computations, b.computation[i])) return false;
    if (text_at(a.groups, a.group[i]) != text_at(b.groups, b.group[i])) return false;
    if (text_at(a.workers, a.worker[i]) != text_at(b.workers, b.worker[i])) return false;
    if (text_at(a.types, a.type[i]) != text_at(b.types, b.type[i])) return false;
  }
  for (std::size_t i = 0; i < a.action.size(); ++i) {
    if (a.action_names.at(a.action[i]) != b.action_names.at(b.action[i])) return false;
  }
  return a.thread == b.thread && a.nbytes == b.nbytes && a.status == b.status &&
         a.action_count == b.action_count && a.action_start == b.action_start &&
         a.action_stop == b.action_stop && a.key_length == b.key_length && a.key_bytes == b.key_bytes;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  std::minstd_rand random(seed);
  std::string block(reinterpret_cast<const char*>(data), size);
  tape::mutate_span_block(block, random);
  if (block.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, block.data(), block.size());
  return block.size();
}

// What decodes is, encoded again, the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view payload = base::fuzz_text(data, size);
  const auto block = tape::decode_span_block(payload);
  if (!block) return 0;
  base::fuzz_expect(tape::decode_span_block(payload, tape::Keys::kSkip).has_value());
  const auto checked = tape::decode_span_block(payload, tape::Keys::kCheck);
  base::fuzz_expect(checked.has_value());
  tape::SingleKeys keys(*checked);
  std::string_view rest = block->key_bytes;
  for (std::size_t i = 0; i < block->size(); ++i) {
    const std::string_view key = rest.substr(0, block->key_length[i]);
    rest.remove_prefix(key.size());
    if (i % 2 == 0) base::fuzz_expect(keys.at(i) == key);
  }
  const std::string written = tape::encode_again(*block);
  const auto again = tape::decode_span_block(written);
  base::fuzz_expect(again.has_value() && same(*again, *block));
  return 0;
}
