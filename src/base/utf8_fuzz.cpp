#include "base/fuzz.h"
#include "base/utf8.h"

using namespace pilothouse::base;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz_text(data, size);
  if (!is_utf8(text)) return 0;
  for (std::size_t limit = 0; limit <= size; ++limit) {
    const std::string_view prefix = utf8_prefix(text, limit);
    fuzz_expect(prefix.size() <= limit && prefix.size() + 4 > limit && is_utf8(prefix));
  }
  return 0;
}
