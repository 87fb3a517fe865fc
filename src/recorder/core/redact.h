#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pilothouse::recorder {

// A secret that begins in the part of a text that is kept is recognised when this much of what follows is
// shown as well, in bytes.
inline constexpr std::size_t kRedactMargin = 8U << 10;
// A text grows by this much at most. One that would grow more holds little else than secrets, and goes whole.
inline constexpr std::size_t kRedactGrowth = 16U << 10;
// What stands for a text that could not be redacted.
inline constexpr std::string_view kRedactedWhole = "[redacted]";

inline constexpr std::size_t kMaxRedactPatterns = 64;
inline constexpr std::size_t kMaxRedactPatternBytes = 1000;

struct RedactOptions {
  std::vector<std::string> patterns;  // further expressions in RE2's syntax, each a rule of its own
  std::vector<std::string> ignore;    // names of built-in rules to leave out
};

struct RedactRuleText {
  std::string name, pattern;
};

// Takes secrets out of texts before they are recorded: each becomes "[redacted:rule]". Texts may hold any
// bytes; what is well-formed UTF-8 stays so. Redacting what was redacted changes nothing. For one thread at a
// time.
class Redactor {
 public:
  // Fails with a sentence that names the expression or the rule. With nothing given it does not fail.
  static base::Result<Redactor> create(const RedactOptions& options);
  ~Redactor();
  Redactor(Redactor&& other) noexcept;
  Redactor& operator=(Redactor&& other) noexcept;

  // The first `keep` bytes of `text`, redacted; what follows, up to kRedactMargin of it, only tells what a
  // secret is that begins before. When anything goes wrong, kRedactedWhole.
  std::string redact(std::string_view text, std::size_t keep = std::string_view::npos) noexcept;

  // What the value of a member of this name is to be replaced by, whatever it is; empty when it may stay.
  std::string redact_member(std::string_view name) noexcept;

  // The rules that took anything out, and how often.
  std::vector<std::pair<std::string, std::uint64_t>> counts() const;
  // All built-in rules, those left out too.
  static std::vector<std::string> rule_names();
  // The expressions in use, built-in ones first. A name may have several.
  std::vector<RedactRuleText> rules() const;

 private:
  struct State;
  explicit Redactor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pilothouse::recorder
