#include "base/fuzz.h"
#include "trust/audit/rules/parse.h"
#include "trust/audit/rules/patterns.h"

using namespace pilothouse;

// The first line is a pattern and the second a path; the whole is a rule file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::fuzz_text(data, size);
  const auto family = audit::parse_family("fuzz.yaml", text);
  if (family) {
    for (const audit::Rule& rule : family->rules)
      base::fuzz_expect(rule.id.starts_with("fuzz.") && !rule.matching.empty());
  } else {
    base::fuzz_expect(family.error().message.starts_with("fuzz.yaml:"));
  }
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return 0;
  audit::Patterns patterns;
  if (!patterns.add(text.substr(0, end), 1)) return 0;
  base::fuzz_expect(patterns.match(text.substr(end + 1)).size() <= 1);
  // A pattern without stars and braces is a path that it matches.
  if (text.substr(0, end).find_first_of("*{}") == std::string_view::npos)
    base::fuzz_expect(patterns.match(text.substr(0, end)).size() == 1);
  return 0;
}
