#include <string>

#include "base/fuzz.h"
#include "base/utf8.h"
#include "recorder/core/redact.h"

using namespace pilothouse;
using recorder::Redactor;

namespace {

Redactor make(const recorder::RedactOptions& options) {
  auto made = Redactor::create(options);
  base::fuzz_expect(made.has_value());
  return std::move(*made);
}

void check(Redactor& redactor, std::string_view text, std::size_t keep) {
  const std::string once = redactor.redact(text, keep);
  base::fuzz_expect(once.size() <= std::min(keep, text.size()) + recorder::kRedactGrowth);
  if (keep < text.size()) return;  // what was cut may look like something else
  base::fuzz_expect(redactor.redact(once) == once);
  if (base::is_utf8(text)) base::fuzz_expect(base::is_utf8(once));
}

}  // namespace

// The first byte says how much is kept, the rest is the text, without its bytes of 1: they keep the corpus
// from holding what looks like a token. With an expression that finds much beside.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Redactor plain = make({});
  static Redactor odd = make({{"[a-c]+(d*)", "\\bx?"}, {"jwt", "password"}});
  if (size == 0) return 0;
  std::string text(base::fuzz_text(data + 1, size - 1));
  std::erase(text, '\1');
  const std::size_t keep = data[0] == 0 ? std::string_view::npos : data[0] * std::size_t{16};
  check(plain, text, keep);
  check(odd, text, keep);
  (void)plain.redact_member(text);
  return 0;
}
