#pragma once

#include <string_view>
#include <vector>

#include "trust/audit/syntax/tree.h"

namespace pilothouse::audit {

// A number that says how a text looks, and the node where it is seen best.
struct Measure {
  std::string_view name;
  double value = 0;
  NodeId at = 0;
};

// Of a text: "mangled-names" (share of its names that look machine-made, 0 to 1), "long-line" (characters of
// the longest line of code that is no literal), "hidden-code" (lines with code behind 120 blanks or more),
// "blob" (characters of the longest constant that looks like base64 or hexadecimal), "entropy" (bits per
// character of the longest constant over 200 characters), "bidi" (control characters that turn the direction
// of text), "homoglyphs" (names that mix scripts).
std::vector<Measure> measure_text(const Tree& tree);

}  // namespace pilothouse::audit
