#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// How an audit is drawn: colours and box characters, or none.
namespace pilothouse::cli {

enum class Ink { kPlain, kBold, kFaint, kRed, kYellow, kCyan, kBlue, kGreen };

struct AuditStyle {
  bool color = false;
  bool utf8 = false;
  std::size_t width = 100;  // columns

  std::string paint(Ink ink, std::string_view text) const;
  std::string_view box(std::string_view drawn, std::string_view ascii) const { return utf8 ? drawn : ascii; }

  // Words on lines of at most `width` columns, each with `indent` blanks before it and LF at its end.
  std::string wrap(std::string_view text, std::size_t indent) const;
};

// Error, warning or note, by the heaviest weight of a finding.
struct Severity {
  std::string_view word;
  Ink ink = Ink::kPlain;
};
Severity severity_of(double weight);

}  // namespace pilothouse::cli
