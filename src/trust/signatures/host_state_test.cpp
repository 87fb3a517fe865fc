#include "trust/signatures/host_state.h"

#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "trust/signatures/test_bundles.h"

namespace pilothouse::trust {
namespace {

class HostStates : public InDirectory {};

TEST_F(HostStates, AreNothingAtFirst) {
  const auto state = HostState::read(directory_ / "none");
  ASSERT_TRUE(state);
  EXPECT_TRUE(state->plugins.empty());
}

TEST_F(HostStates, AreReadAsTheyWereWritten) {
  HostState state;
  state.plugins["night-watch"] = {"1.2.0", sha256_hex("a")};
  Revocation revocation;
  revocation.key = key('a').public_key();
  EXPECT_TRUE(state.learn(revocation));
  EXPECT_FALSE(state.learn(revocation));
  revocation.sha256 = sha256_hex("b");
  EXPECT_TRUE(state.learn(revocation));
  EXPECT_FALSE(state.learn(revocation));
  ASSERT_TRUE(state.write(directory_.path()));
  const auto again = HostState::read(directory_.path());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->plugins.at("night-watch").version, "1.2.0");
  EXPECT_EQ(again->plugins.at("night-watch").sha256, sha256_hex("a"));
  EXPECT_EQ(again->revoked_keys, state.revoked_keys);
  EXPECT_EQ(again->withdrawn, state.withdrawn);
  struct stat status {};
  ASSERT_EQ(::stat((directory_ / "trust.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(HostStates, ThatAreBrokenAreNoneAtAll) {
  for (const std::string_view text :
       {"", "{", "[]", "{}", R"({"plugins":{},"revoked_keys":[]})",
        R"({"plugins":[],"revoked_keys":[],"withdrawn":{}})",
        R"({"plugins":{"a":1},"revoked_keys":[],"withdrawn":{}})",
        R"({"plugins":{"a":{"version":"x","sha256":""}},"revoked_keys":[],"withdrawn":{}})",
        R"({"plugins":{"a":{"version":"1"}},"revoked_keys":[],"withdrawn":{}})",
        R"({"plugins":{},"revoked_keys":[1],"withdrawn":{}})",
        R"({"plugins":{},"revoked_keys":[],"withdrawn":{"a":[1]}})",
        R"({"plugins":{},"plugins":{},"revoked_keys":[],"withdrawn":{}})"}) {
    std::ofstream(directory_ / "trust.json") << text;
    const auto state = HostState::read(directory_.path());
    ASSERT_FALSE(state) << text;
    EXPECT_EQ(state.error().code, base::Errc::kMalformed);
  }
}

TEST_F(HostStates, AreChangedByOneAtATime) {
  constexpr int kRounds = 25;
  const std::filesystem::path directory = directory_ / "made" / "here";
  const auto count = [&](const std::string& name) {
    for (int round = 1; round <= kRounds; ++round) {
      const auto lock = HostStateLock::take(directory);
      HostState state = HostState::read(directory).value();
      state.plugins[name + std::to_string(round)] = {"1", ""};
      EXPECT_TRUE(state.write(directory));
    }
  };
  std::thread other([&] { count("other-"); });
  count("one-");
  other.join();
  EXPECT_EQ(HostState::read(directory)->plugins.size(), 2U * kRounds);
}

}  // namespace
}  // namespace pilothouse::trust
