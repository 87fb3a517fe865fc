// trust.json as a file: who may write it, and what is read from it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

#include "base/files.h"
#include "base/temporary_directory.h"
#include "trust/signatures/host_state.h"

namespace pilothouse::trust {
namespace {

namespace fs = std::filesystem;
using base::Errc;

class HostStateFiles : public testing::Test {
 protected:
  HostStateFiles() { state_.plugins["shuffle-stats"] = {"1.2.0", std::string(64, 'a')}; }

  base::TemporaryDirectory directory_;
  HostState state_;
};

TEST_F(HostStateFiles, AreRefusedWhenOthersMayWriteThem) {
  ASSERT_TRUE(state_.write(directory_.path()));
  ASSERT_TRUE(HostState::read(directory_.path()));
  for (const fs::path& path : {directory_ / "trust.json", directory_.path()}) {
    for (const mode_t more : {0020, 0002}) {
      ASSERT_EQ(::chmod(path.c_str(), 0700 | more), 0);
      const auto read = HostState::read(directory_.path());
      ASSERT_FALSE(read) << path;
      EXPECT_EQ(read.error().code, Errc::kForbidden);
      EXPECT_NE(read.error().message.find("chmod go-w"), std::string::npos);
      ASSERT_EQ(::chmod(path.c_str(), 0700), 0);
    }
  }
  EXPECT_TRUE(HostState::read(directory_.path()));
}

TEST_F(HostStateFiles, OfALaterVersionAreNotOverwritten) {
  ASSERT_TRUE(state_.write(directory_.path()));
  std::string text = base::read_file(directory_ / "trust.json", 10'000).value();
  text.insert(1, R"("later":1,)");
  ASSERT_TRUE(base::replace_file(directory_ / "trust.json", text, 0600));
  EXPECT_EQ(HostState::read(directory_.path()).error().code, Errc::kMalformed);
}

TEST_F(HostStateFiles, AreNotWrittenLargerThanTheyMayBeRead) {
  for (int i = 0; i < 70'000; ++i) {
    std::string sha256 = std::to_string(i);
    sha256.insert(0, 64 - sha256.size(), '0');
    state_.withdrawn[sha256].insert("ed25519:");
  }
  EXPECT_EQ(state_.write(directory_.path()).error().code, Errc::kTooLarge);
  EXPECT_FALSE(fs::exists(directory_ / "trust.json"));
}

TEST_F(HostStateFiles, AreNotWaitedForForEver) {
  const int other = ::open((directory_ / "trust.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(HostStateLock::take(directory_.path(), std::chrono::milliseconds(50)).error().code,
            Errc::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
  ::close(other);
  EXPECT_TRUE(HostStateLock::take(directory_.path()));
}

TEST_F(HostStateFiles, TheirLockIsNoLink) {
  fs::create_symlink(directory_ / "elsewhere", directory_ / "trust.lock");
  EXPECT_FALSE(HostStateLock::take(directory_.path()));
  EXPECT_FALSE(fs::exists(directory_ / "elsewhere"));
}

}  // namespace
}  // namespace pilothouse::trust
