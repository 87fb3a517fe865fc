#include "cli/settings.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/temporary_directory.h"

namespace pilothouse::cli {
namespace {

namespace fs = std::filesystem;

class Settings : public testing::Test {
 protected:
  Settings() {
    fs::create_directories(state_dir());
    fs::create_directories(root_ / "config");
    environment_.config_places = {root_ / "config"};
  }

  fs::path state_dir() const { return root_ / "state"; }
  void write(const fs::path& name, const std::string& text) { std::ofstream(root_ / name) << text; }
  HubSettings resolve(const HubFlags& flags = {}) {
    return resolve_hub(flags, environment_, state_dir()).value();
  }

  base::TemporaryDirectory root_;
  Environment environment_;
};

constexpr const char* kClient =
    R"({"address":"http://127.0.0.1:8791","token":"ph_local","workspace":"default"})";

TEST_F(Settings, DefaultsWithoutAnything) {
  const HubSettings settings = resolve();
  EXPECT_EQ(settings.address, "http://127.0.0.1:8790");
  EXPECT_EQ(settings.token, "");
  EXPECT_FALSE(settings.workspace);
}

TEST_F(Settings, TheHubOfThisMachine) {
  write("state/client.json", kClient);
  EXPECT_EQ(resolve().address, "http://127.0.0.1:8791");
  EXPECT_EQ(resolve().token, "ph_local");
  EXPECT_EQ(resolve({"http://localhost:8791", {}, {}, {}}).token, "ph_local");
}

TEST_F(Settings, TheLocalTokenGoesNowhereElse) {
  write("state/client.json", kClient);
  EXPECT_EQ(resolve({"http://elsewhere:8791", {}, {}, {}}).token, "");
  EXPECT_EQ(resolve({"http://127.0.0.1:9999", {}, {}, {}}).token, "");
}

TEST_F(Settings, WhatTheLocalHubWantsToBeTrustedIsForNoOther) {
  write("state/client.json",
        R"({"address":"https://127.0.0.1:8791","token":"ph_local","ca_file":"/hub.pem"})");
  EXPECT_EQ(resolve().ca_file, "/hub.pem");
  EXPECT_EQ(resolve({"https://localhost:8791", "ph_other", {}, {}}).ca_file, "/hub.pem");
  EXPECT_EQ(resolve({{}, {}, {}, "/mine.pem"}).ca_file, "/mine.pem");
  EXPECT_FALSE(resolve({"https://elsewhere:8791", {}, {}, {}}).ca_file);
  // Another scheme is another hub: the token does not go out in the clear.
  EXPECT_EQ(resolve({"http://127.0.0.1:8791", {}, {}, {}}).token, "");
}

TEST_F(Settings, TheCaFileOfTheConfiguration) {
  write("config/a.yaml", "pilothouse:\n  tls:\n    ca-file: ~/ca.pem\n");
  environment_.home = "/home/somebody";
  EXPECT_EQ(resolve().ca_file, "/home/somebody/ca.pem");
  environment_.ca_file = "/env.pem";
  EXPECT_EQ(resolve().ca_file, "/env.pem");
  EXPECT_EQ(resolve({{}, {}, {}, "flag.pem"}).ca_file, "flag.pem");
}

TEST_F(Settings, ACaFileIsReadBeforeAnythingIsSent) {
  HubSettings settings{"https://hub:1", "", {}, root_ / "gone.pem"};
  EXPECT_EQ(access(settings).error().code, base::Errc::kInvalidArgument);
  settings.address = "http://hub:1";
  EXPECT_TRUE(access(settings));
}

TEST_F(Settings, FlagsThenEnvironmentThenFiles) {
  write("config/a.yaml", "pilothouse:\n  address: http://a:1\n  token: file-a\n  workspace: wa\n");
  write("config/b.yaml", "pilothouse:\n  token: file-b\n");
  write("config/c.txt", "pilothouse:\n  token: no\n");
  EXPECT_EQ(resolve().address, "http://a:1");
  EXPECT_EQ(resolve().token, "file-b");
  environment_.token = "from-env";
  EXPECT_EQ(resolve().token, "from-env");
  EXPECT_EQ(resolve({{}, "flag", {}, {}}).token, "flag");
  EXPECT_EQ(resolve().workspace, "wa");
}

TEST_F(Settings, NullMeansNothing) {
  write("config/a.yaml", "pilothouse:\n  address: null\n  token: ~\n");
  EXPECT_EQ(resolve().address, "http://127.0.0.1:8790");
  EXPECT_EQ(resolve().token, "");
}

TEST_F(Settings, BrokenFilesAreNamed) {
  write("config/a.yaml", "pilothouse: [\n");
  const auto resolved = resolve_hub({}, environment_, state_dir());
  ASSERT_FALSE(resolved);
  EXPECT_EQ(resolved.error().code, base::Errc::kMalformed);
  EXPECT_NE(resolved.error().message.find("a.yaml"), std::string::npos);
}

TEST_F(Settings, ABrokenClientFileIsAsNone) {
  write("state/client.json", R"({"address":7})");
  EXPECT_EQ(resolve().address, "http://127.0.0.1:8790");
}

}  // namespace
}  // namespace pilothouse::cli
