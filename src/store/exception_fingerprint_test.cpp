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

std::string in(const std::string& file) {
  return of("m", "  File \"" + file + "\", line 9, in parse\n    x = 1\n");
}

TEST(ExceptionFingerprint, WhereItIsInstalledDoesNotMatter) {
  EXPECT_EQ(in("/home/ada/.venv/lib/python3.11/site-packages/pandas/io/x.py"),
            in("C:\\conda\\Lib\\site-packages\\pandas\\io\\x.py"));
  EXPECT_EQ(in("/usr/lib/python3/dist-packages/pandas/io/x.py"),
            in("/a/site-packages/b/site-packages/pandas/io/x.py"));
  EXPECT_NE(in("/a/site-packages/pandas/io/x.py"), in("/a/site-packages/dask/io/x.py"));
  EXPECT_EQ(in("/home/ada/project/job.py"), in("/srv/project/job.py"));
  EXPECT_EQ(in("/srv/job.py"), in("job.py"));
  EXPECT_NE(in("/srv/job.py"), in("/srv/jobs.py"));
}

TEST(ExceptionFingerprint, NorInWhichKernel) {
  EXPECT_EQ(in("/tmp/ipykernel_123/289712.py"), in("/tmp/ipykernel_9/289712.py"));
  EXPECT_NE(in("/tmp/ipykernel_123/289712.py"), in("/tmp/ipykernel_123/1111.py"));  // another cell
  EXPECT_EQ(in("<ipython-input-3-3fd393e5542d>"), in("<ipython-input-12-ab0b7c9912>"));
  EXPECT_NE(in("<stdin>"), in("<string>"));
}

TEST(ExceptionFingerprint, OddFramesAreFrames) {
  EXPECT_NE(of("m", "File \"a\" b.py\", line 1, in f"), of("m", "File \"b.py\", line 1, in f"));
  for (const char* frame :
       {"File \"", "File \"\"", "File \", line ", "File \"\", line 1", "File \"/", "File \"\\"}) {
    EXPECT_EQ(of("m", frame).size(), 34U) << frame;
  }
}

TEST(ExceptionFingerprint, IsForEver) { EXPECT_EQ(of("row 17"), "2-f58db64ecbc7ad064110237d5d6c6ead"); }

}  // namespace
}  // namespace pilothouse::store
