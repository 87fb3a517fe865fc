#include "store/exception_fingerprint.h"

#include <gtest/gtest.h>

namespace pilothouse::store {
namespace {

constexpr const char* kTrace =
    "  File \"job.py\", line 7, in load\n    x = 1\n  File \"lib.py\", line 9, in parse\n    File \"oddity\n";

std::string of(std::string_view message, std::string_view traceback = kTrace, std::string_view type = "E") {
  return exception_fingerprint(type, message, traceback);
}

TEST(ExceptionFingerprint, NumbersDoNotMatter) {
  EXPECT_EQ(of("row 17 of <Table at 0x7f00aa>"), of("row 4 of <Table at 0x55d1>"));
  EXPECT_EQ(of("key x-3fd393e5542d1c22 failed"), of("key x-ab0b7c9912 failed"));
  EXPECT_EQ(of("12.5 s"), of("1.25 s"));
  EXPECT_EQ(of(std::string(1000, 'x') + "a"), of(std::string(1000, 'x') + "b"));
}

TEST(ExceptionFingerprint, WordsTypesAndPlacesMatter) {
  EXPECT_NE(of("no such row"), of("no such column"));
  EXPECT_NE(of("deadbeef"), of("facade"));  // words, though their letters are hexadecimal
  EXPECT_NE(of("m"), of("m", kTrace, "F"));
  EXPECT_NE(of("m"), of("m", "  File \"lib.py\", line 8, in parse\n"));
  EXPECT_NE(of("m"), of("m", ""));
  EXPECT_NE(of("ab", "", "E"), of("b", "", "Ea"));
}

TEST(ExceptionFingerprint, OnlyTheLastFrameMatters) {
  EXPECT_EQ(of("m", "  File \"a.py\", line 1, in f\n  File \"lib.py\", line 9, in parse"),
            of("m", "File \"lib.py\", line 9, in parse\n    x = 'File \"not a frame'\nE: m\n"));
}

TEST(ExceptionFingerprint, IsForEver) { EXPECT_EQ(of("row 17"), "1-f58db64ecbc7ad064110237d5d6c6ead"); }

}  // namespace
}  // namespace pilothouse::store
