#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/temporary_directory.h"
#include "trust/audit/rules/builtin.h"
#include "trust/audit/rules/rules.h"

namespace pilothouse::audit {
namespace {

namespace fs = std::filesystem;

constexpr char kFamily[] =
    "about: Ours.\n"
    "rules:\n"
    "  - id: ours.get\n"
    "    kind: source\n"
    "    title: Ours\n"
    "    message: \"reads {name}\"\n"
    "    about: Because.\n"
    "    label: network\n"
    "    calls: [ours.get]\n"
    "    examples: {match: [\"import ours; ours.get()\"], no-match: [\"import ours\"]}\n";

class Load : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name, std::ios::binary) << text;
  }

  base::TemporaryDirectory directory_;
};

TEST_F(Load, BuiltInRulesAreSortedAndFound) {
  const auto rules = load_rules();
  ASSERT_TRUE(rules) << rules.error().message;
  ASSERT_FALSE(rules->rules.empty());
  std::string previous;
  for (const auto& rule : rules->rules) {
    EXPECT_LT(previous, rule->id);
    previous = rule->id;
    EXPECT_EQ(rules->find(rule->id), rule.get());
    EXPECT_FALSE(rules->families.at(rule->family).empty());
  }
  EXPECT_EQ(rules->find("network"), nullptr);
  EXPECT_EQ(rules->find("zzz.zzz"), nullptr);
}

TEST_F(Load, BuiltInFilesAreTheBytesOfTheSource) {
  std::string previous;
  for (const RuleFile& file : builtin_rule_files()) {
    EXPECT_LT(previous, file.name);
    previous = file.name;
    std::ifstream stream(fs::path(AUDIT_RULES_SOURCE) / file.name, std::ios::binary);
    ASSERT_TRUE(stream) << file.name;
    EXPECT_EQ(file.text, std::string(std::istreambuf_iterator<char>(stream), {})) << file.name;
  }
}

TEST_F(Load, EveryFileOfTheSourceIsBuiltIn) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(AUDIT_RULES_SOURCE))
    count += entry.path().extension() == ".yaml" ? 1 : 0;
  EXPECT_EQ(count, builtin_rule_files().size());
}

TEST_F(Load, TheSameFilesGiveTheSameDigest) {
  const auto rules = load_rules();
  EXPECT_EQ(rules->digest, load_rules()->digest);
  EXPECT_EQ(rules->digest.size(), 64u);
  write("ours.yaml", kFamily);
  const auto more = load_rules(directory_.path());
  ASSERT_TRUE(more) << more.error().message;
  EXPECT_NE(more->digest, rules->digest);
  EXPECT_EQ(more->rules.size(), rules->rules.size() + 1);
  ASSERT_NE(more->find("ours.get"), nullptr);
  EXPECT_EQ(more->find("ours.get")->title, "Ours");
}

TEST_F(Load, ARuleOfTheSameIdTakesThePlaceOfABuiltInOne) {
  const auto rules = load_rules();
  const std::string id = rules->rules.front()->id;
  const std::string family = rules->rules.front()->family;
  std::string text = kFamily;
  for (std::size_t at = text.find("ours.get\n"); at != std::string::npos; at = text.find("ours.get\n"))
    text.replace(at, 8, id);
  write(family + ".yaml", text);
  const auto more = load_rules(directory_.path());
  ASSERT_TRUE(more) << more.error().message;
  EXPECT_EQ(more->rules.size(), rules->rules.size());
  EXPECT_EQ(more->find(id)->title, "Ours");
}

TEST_F(Load, MistakesNameTheFileAndTheLine) {
  write("ours.yaml", "about: Ours.\nrules:\n  - id: ours.get\n    kind: sourc\n");
  const auto rules = load_rules(directory_.path());
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().message,
            "ours.yaml:4: rule ours.get: kind must be one of source, sink, flow, check, clean, call, string, "
            "measure, not 'sourc'");
}

TEST_F(Load, DirectoriesMustBeThereAndHoldRules) {
  EXPECT_EQ(load_rules(directory_.path()).error().message,
            directory_.path().string() + " holds no rule files (*.yaml)");
  EXPECT_EQ(load_rules(directory_ / "none").error().code, base::Errc::kNotFound);
  write("Not a name.yaml", kFamily);
  EXPECT_TRUE(load_rules(directory_.path()).error().message.starts_with("Not a name.yaml:1: "));
}

TEST_F(Load, FilesThatAreTooLargeAreRefused) {
  write("ours.yaml", kFamily + std::string(2 << 20, '\n'));
  EXPECT_EQ(load_rules(directory_.path()).error().code, base::Errc::kTooLarge);
}

}  // namespace
}  // namespace pilothouse::audit
