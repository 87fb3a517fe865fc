#include <algorithm>

#include "base/fuzz.h"
#include "base/utf8.h"
#include "cli/audit_frame.h"
#include "cli/text.h"
#include "trust/audit/report/json_writer.h"
#include "trust/audit/report/words.h"

using namespace pilothouse;

namespace {

bool is_safe(std::string_view text, std::string_view allowed) {
  return base::is_utf8(text) && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
           return (c >= 0x20 && c != 0x7f) || allowed.find(static_cast<char>(c)) != std::string_view::npos;
         });
}

}  // namespace

// Three bytes say which part of the line is marked and how wide it may be; the rest is the line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::string_view line = base::fuzz_text(data + 3, size - 3);
  const cli::ShownLine shown = cli::show_line(line, data[0], data[1], data[2]);
  base::fuzz_expect(is_safe(shown.text, "") && shown.from <= shown.to);
  if (data[2] > 8) base::fuzz_expect(cli::display_width(shown.text) <= std::max<std::size_t>(data[2], 8));

  cli::AuditStyle style;
  style.width = 40;
  const cli::LineOf lines = [&](std::string_view, std::uint32_t) { return std::optional(line); };
  const audit::Place place{0, 2, data[0], 2, data[1]};
  base::fuzz_expect(is_safe(cli::code_frame(style, lines, "a.py", place, line, cli::Ink::kRed), "\n"));
  base::fuzz_expect(is_safe(style.wrap(line, 2), "\n"));

  base::fuzz_expect(is_safe(audit::named(line), "") && audit::named(line).size() <= 100);
  audit::JsonWriter json;
  json.value(line);
  base::fuzz_expect(is_safe(json.take(), "\n"));
  return 0;
}
