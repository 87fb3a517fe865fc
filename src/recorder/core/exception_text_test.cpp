#include "recorder/core/exception_text.h"

#include <gtest/gtest.h>

namespace pilothouse::recorder {
namespace {

TEST(ExceptionText, TakesReprApart) {
  const struct {
    const char* text;
    const char* type;
    const char* message;
  } cases[] = {
      {"ValueError('no such flight')", "ValueError", "no such flight"},
      {"ValueError(\"it's late\")", "ValueError", "it's late"},
      {"KeyError('a\\'b\\n\\\\')", "KeyError", "a'b\n\\"},
      {"ZeroDivisionError()", "ZeroDivisionError", ""},
      {"OSError(2, 'No such file')", "OSError", "2, 'No such file'"},
      {"TwoTexts('a', 'b')", "TwoTexts", "'a', 'b'"},
      {"pkg.mod.Odd('x')", "pkg.mod.Odd", "x"},
      {"<Odd exception>", "unknown", "<Odd exception>"},
      {"not a call", "unknown", "not a call"},
      {"", "unknown", ""},
      {"3rd('x')", "unknown", "3rd('x')"},
      {"Cut('x\\", "unknown", "Cut('x\\"},
      {"Quote('\\')", "Quote", "'\\'"},
  };
  for (const auto& one : cases) {
    const ExceptionText got = split_exception_text(one.text);
    EXPECT_EQ(got.type, one.type) << one.text;
    EXPECT_EQ(got.message, one.message) << one.text;
  }
}

}  // namespace
}  // namespace pilothouse::recorder
