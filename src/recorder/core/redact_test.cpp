#include "recorder/core/redact.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace pilothouse::recorder {
namespace {

Redactor make(const RedactOptions& options = {}) {
  auto made = Redactor::create(options);
  EXPECT_TRUE(made) << made.error().message;
  return std::move(*made);
}

std::string refusal(const RedactOptions& options) {
  const auto made = Redactor::create(options);
  return made ? "taken" : made.error().message;
}

TEST(Redact, SaysWhichRule) {
  Redactor redactor = make();
  EXPECT_EQ(redactor.redact("connect(password='hunter2', port=5)"),
            "connect(password='[redacted:password]', port=5)");
  EXPECT_EQ(redactor.redact("postgresql://bob:hunter2@db.example:5432/x"),
            "postgresql://bob:[redacted:url-password]@db.example:5432/x");
  EXPECT_EQ(redactor.counts(),
            (std::vector<std::pair<std::string, std::uint64_t>>{{"url-password", 1}, {"password", 1}}));
}

TEST(Redact, EveryExpressionIsOne) {
  Redactor redactor = make();
  EXPECT_GT(redactor.rules().size(), 60U);
  for (const RedactRuleText& rule : redactor.rules()) {
    EXPECT_FALSE(rule.pattern.empty());
    // Taken again as one of the configuration's, which must be right.
    if (rule.pattern.size() > kMaxRedactPatternBytes) continue;
    EXPECT_EQ(refusal({{rule.pattern}, {}}), "taken");
  }
}

TEST(Redact, FindsThatOverlapAreOne) {
  Redactor redactor = make();
  const std::string key = std::string("AKIA") + "FAKEFAKEFAKEFAKE";
  EXPECT_EQ(redactor.redact("token=\"" + key + " and more\" end"), "token=\"[redacted:token]\" end");
  EXPECT_EQ(redactor.redact("key " + key + ", end"), "key [redacted:aws-access-key], end");
}

TEST(Redact, AgainChangesNothing) {
  Redactor redactor = make();
  for (const char* text :
       {"password='hunter2'", "a://b:c1@d password=e host=f", "x [redacted:password]='hunter2'", "[redacted]",
        "password=[redacted:token]hunter2", "[redacted:Password]",
        "[redacted:", "token='[redacted:jwt]abcdefgh'"}) {
    const std::string once = redactor.redact(text);
    EXPECT_EQ(redactor.redact(once), once) << text;
  }
}

TEST(Redact, WhatIsCutOffStillTellsWhatASecretIs) {
  Redactor redactor = make();
  const std::string text = "password='" + std::string(3000, 'x') + "1' and so on";
  for (const std::size_t keep : {std::size_t{11}, std::size_t{2000}, std::size_t{3011}})
    EXPECT_EQ(redactor.redact(text, keep), "password='[redacted:password]") << keep;
  EXPECT_EQ(redactor.redact(text, 10), "password='");
  EXPECT_EQ(redactor.redact(text, 3012), "password='[redacted:password]'");
  EXPECT_EQ(redactor.redact(text, 0), "");

  const std::string token = std::string("gh") + "p_" + std::string(36, 'F');
  EXPECT_EQ(redactor.redact("see " + token, 10), "see [redacted:github-token]");
  EXPECT_EQ(redactor.redact("see " + token, 4), "see ");
}

TEST(Redact, ALongSecretGoesToItsEnd) {
  Redactor redactor = make();
  EXPECT_EQ(redactor.redact("token=\"" + std::string(100'000, 'z') + "1\"."), "token=\"[redacted:token]\".");
  std::string key = "-----BEGIN RSA PRIVATE ";
  key += "KEY-----\n";
  for (int i = 0; i < 200; ++i) key += "FAKEfakeFAKEfakeFAKEfakeFAKEfakeFAKEfakeFAKEfakeFAKEfakeFAKEfake\n";
  EXPECT_EQ(redactor.redact("a\n" + key + "-----END RSA PRIVATE " + "KEY-----\nb"),
            "a\n[redacted:private-key]\nb");
  EXPECT_EQ(redactor.redact("a\n" + key), "a\n[redacted:private-key]");
}

TEST(Redact, WhatGrowsTooMuchGoesWhole) {
  Redactor redactor = make();
  std::string few, many;
  for (int i = 0; i < 200; ++i) few += "?pwd=a1&x ";
  for (int i = 0; i < 4000; ++i) many += "?pwd=a1&x ";
  const std::string redacted = redactor.redact(few);
  EXPECT_EQ(redacted.find("a1"), std::string::npos);
  EXPECT_NE(redacted.find("[redacted:password]&x "), std::string::npos);
  EXPECT_EQ(redactor.redact(many), kRedactedWhole);
}

TEST(Redact, AnyBytes) {
  Redactor redactor = make();
  const std::string_view bytes("\xff\xfe\0password='h\xfc\0\xc3nter'\xe2\x82", 24);
  EXPECT_EQ(redactor.redact(bytes),
            (std::string("\xff\xfe\0password='", 13) + "[redacted:password]'\xe2\x82"));
  EXPECT_EQ(redactor.redact("password: gehe\xc3\xafm1\xc3\xbc"), "password: [redacted:password]");
  EXPECT_TRUE(
      base::is_utf8(redactor.redact("Gr\xc3\xb6\xc3\x9f"
                                    "e password=\"\xe6\x97\xa5\" \xf0\x9f\x9a\x80")));
}

TEST(Redact, FurtherExpressions) {
  Redactor redactor = make({{"EMP-[0-9]{6}", "badge (\\w+)", "gr\xc3\xb6\xc3\x9f."}, {}});
  EXPECT_EQ(redactor.redact("EMP-123456 badge abc of EMP-12"),
            "[redacted:pattern-1] badge [redacted:pattern-2] of EMP-12");
  EXPECT_EQ(redactor.redact("gr\xc3\xb6\xc3\x9f\xc3\xa9."), "[redacted:pattern-3].");
  // Marks are never looked into.
  Redactor greedy = make({{"[a-z]+"}, {}});
  EXPECT_EQ(greedy.redact("ab 1 password"), "[redacted:pattern-1] 1 [redacted:pattern-1]");
}

TEST(Redact, RulesLeftOut) {
  Redactor redactor = make({{}, {"password", "url-password"}});
  EXPECT_EQ(redactor.redact("password='hunter2' a://b:c1@d token='abcdef1'"),
            "password='hunter2' a://b:c1@d token='[redacted:token]'");
  EXPECT_EQ(redactor.redact_member("password"), "");
  EXPECT_EQ(redactor.redact_member("token"), "[redacted:token]");
}

TEST(Redact, WrongOptionsAreNamed) {
  EXPECT_EQ(refusal({{"fine", "(open"}, {}}),
            "expression 2, \"(open\", is not one that RE2 takes: missing ): (open");
  EXPECT_EQ(refusal({{"(?=ahead)"}, {}}).substr(0, 52),
            "expression 1, \"(?=ahead)\", is not one that RE2 takes");
  EXPECT_EQ(refusal({{"a*"}, {}}), "expression 1, \"a*\", matches a text in which there is nothing");
  EXPECT_NE(refusal({{std::string(1001, 'a')}, {}}).find("more than 1000 bytes"), std::string::npos);
  EXPECT_NE(refusal({{"((((a{100}){100}){100}){100})"}, {}}), "taken");
  EXPECT_NE(refusal({{"\xff"}, {}}), "taken");
  EXPECT_EQ(refusal({std::vector<std::string>(65, "a"), {}}), "there are more than 64 expressions");
  EXPECT_EQ(refusal({{}, {"pasword"}}), "there is no rule \"pasword\"");
}

TEST(Redact, MembersByName) {
  Redactor redactor = make({{"."}, {}});
  for (const char* name : {"password", "DB_PASSWORD", "passwd", "user-pass", "api_key", "apiKey", "X-Api-Key",
                           "client_secret", "secret", "secrets", "access_token", "accessToken", "token",
                           "Authorization", "private_key", "aws_secret_access_key", "credentials"})
    EXPECT_TRUE(redactor.redact_member(name).starts_with("[redacted:")) << name;
  for (const char* name : {"", "name", "tokens", "max_tokens", "token_count", "tokenizer", "key", "keys",
                           "author", "compass", "bypass", "passed", "secretary", "password_file",
                           "next_token", "monkey", "a\"b", "\xff", "password\n"})
    EXPECT_EQ(redactor.redact_member(name), "") << name;
}

// What a hostile text can cost: at most a fraction of a second for as much as an event may have.
TEST(Redact, HostileTextsEndSoon) {
  Redactor redactor = make();
  for (const std::string unit : {"://", "://a:", "-----BEGIN PRIVATE KEY-----", "token", "password=",
                                 "token ", "?token=", "pwd:\n", "eyJ", "secret\"", "secret='", "pass\\\\\\",
                                 "Basic ", "[redacted:", "cookie:\"a=", "\n  password: ", "a pwd=b "}) {
    std::string text;
    while (text.size() < (256U << 10)) text += unit;
    const std::string once = redactor.redact(text);
    EXPECT_LE(once.size(), text.size() + kRedactGrowth);
  }
}

}  // namespace
}  // namespace pilothouse::recorder
