#include <algorithm>

#include "base/fuzz.h"
#include "base/utf8.h"
#include "trust/audit/input/input.h"

using namespace pilothouse;
using base::fuzz_expect;

// Whatever comes out is UTF-8 without nulls, of a bounded size, and plain UTF-8 comes out as it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = base::fuzz_text(data, size);
  const auto text = audit::decode(bytes);
  if (!text) {
    fuzz_expect(base::is_utf8(text.error().message) && !text.error().message.empty());
    return 0;
  }
  fuzz_expect(base::is_utf8(text->utf8) && base::is_utf8(text->problem) && !text->encoding.empty());
  fuzz_expect(text->utf8.find('\0') == std::string::npos);
  fuzz_expect(text->utf8.size() <= 3 * size);
  if (text->encoding == "utf-8" && text->problem.empty()) fuzz_expect(bytes.ends_with(text->utf8));
  return 0;
}
