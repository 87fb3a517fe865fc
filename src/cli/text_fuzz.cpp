#include <algorithm>

#include "base/fuzz.h"
#include "base/utf8.h"
#include "cli/text.h"

using namespace pilothouse;

namespace {

bool is_safe(std::string_view text, std::string_view allowed) {
  return base::is_utf8(text) && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
           return (c >= 0x20 && c != 0x7f) || allowed.find(static_cast<char>(c)) != std::string_view::npos;
         });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::fuzz_text(data, size);
  const std::string line = cli::one_line(text);
  base::fuzz_expect(is_safe(line, ""));
  base::fuzz_expect(is_safe(cli::many_lines(text), "\n\t"));
  cli::first_line(text);
  for (std::size_t width = 1; width < 12; ++width) {
    const std::string cut = cli::cut_to_width(line, width);
    base::fuzz_expect(is_safe(cut, "") && cli::display_width(cut) <= width);
  }
  return 0;
}
