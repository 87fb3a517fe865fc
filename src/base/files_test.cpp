#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/temporary_directory.h"

namespace pilothouse::base {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  static unsigned mode_of(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 0777U;
  }

  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator{}));
  }

  TemporaryDirectory directory_;
};

TEST_F(Files, AreReadAsTheyWereWritten) {
  const std::string bytes("a\0b\n\xff", 5);
  ASSERT_TRUE(create_file(directory_ / "a", bytes, 0600));
  EXPECT_EQ(read_file(directory_ / "a", 5).value(), bytes);
  EXPECT_EQ(mode_of(directory_ / "a"), 0600U);
  ASSERT_TRUE(replace_file(directory_ / "a", std::string(40'000, 'x'), 0640));
  EXPECT_EQ(read_file(directory_ / "a", 40'000).value(), std::string(40'000, 'x'));
  EXPECT_EQ(mode_of(directory_ / "a"), 0640U);
  ASSERT_TRUE(replace_file(directory_ / "b", "", 0600));
  EXPECT_EQ(read_file(directory_ / "b", 0).value(), "");
  EXPECT_EQ(entries(), 2U);
}

TEST_F(Files, AreNotOverwrittenByCreate) {
  ASSERT_TRUE(create_file(directory_ / "a", "old", 0600));
  EXPECT_EQ(create_file(directory_ / "a", "new", 0600).error().code, Errc::kConflict);
  EXPECT_EQ(read_file(directory_ / "a", 10).value(), "old");
  fs::create_symlink(directory_ / "nowhere", directory_ / "link");
  EXPECT_EQ(create_file(directory_ / "link", "new", 0600).error().code, Errc::kConflict);
  EXPECT_FALSE(fs::exists(directory_ / "nowhere"));
}

TEST_F(Files, ReplaceALinkAndNotItsTarget) {
  ASSERT_TRUE(create_file(directory_ / "target", "old", 0600));
  fs::create_symlink(directory_ / "target", directory_ / "link");
  ASSERT_TRUE(replace_file(directory_ / "link", "new", 0600));
  EXPECT_EQ(read_file(directory_ / "target", 10).value(), "old");
  EXPECT_EQ(read_file(directory_ / "link", 10).value(), "new");
  EXPECT_FALSE(fs::is_symlink(directory_ / "link"));
}

TEST_F(Files, RefuseWhatIsNoSmallRegularFile) {
  EXPECT_EQ(read_file(directory_ / "none", 10).error().code, Errc::kNotFound);
  EXPECT_EQ(read_file(directory_.path(), 10).error().code, Errc::kStorage);
  ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_file(directory_ / "pipe", 10).error().code, Errc::kStorage);
  ASSERT_TRUE(create_file(directory_ / "a", "12345", 0600));
  EXPECT_TRUE(read_file(directory_ / "a", 5));
  EXPECT_EQ(read_file(directory_ / "a", 4).error().code, Errc::kTooLarge);
  EXPECT_FALSE(replace_file(directory_ / "no" / "a", "x", 0600));
  EXPECT_FALSE(create_file(directory_ / "no" / "a", "x", 0600));
}

TEST_F(Files, TellWhetherOthersMayReadThem) {
  ASSERT_TRUE(create_file(directory_ / "a", "secret", 0600));
  EXPECT_TRUE(read_file(directory_ / "a", 10, Readers::kOwnerOnly));
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0644, 0666}) {
    ASSERT_EQ(::chmod((directory_ / "a").c_str(), mode), 0);
    const auto read = read_file(directory_ / "a", 10, Readers::kOwnerOnly);
    ASSERT_FALSE(read) << mode;
    EXPECT_EQ(read.error().code, Errc::kForbidden);
    EXPECT_NE(read.error().message.find("chmod 600"), std::string::npos);
    EXPECT_TRUE(read_file(directory_ / "a", 10));
  }
}

}  // namespace
}  // namespace pilothouse::base
