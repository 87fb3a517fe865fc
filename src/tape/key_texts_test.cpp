#include "tape/key_texts.h"

#include <gtest/gtest.h>

#include "tape/format.h"

namespace pilothouse::tape {
namespace {

const std::string kHexId = "0123456789abcdef00112233445566ff";
const std::string kUuidId = "01234567-89ab-cdef-0011-2233445566ff";

struct Keys {
  std::vector<std::string_view> groups;
  std::vector<std::uint32_t> group;
  std::vector<std::string> keys;
  ShortKeysBuilder built;

  void add(std::string key, std::string_view name) {
    group.push_back(static_cast<std::uint32_t>(groups.size()));
    groups.push_back(name);
    built.add(key, name);
    keys.push_back(std::move(key));
  }

  ShortKeys shortened() const { return {built.length, built.texts, built.ids}; }

  base::Result<void> check() const { return check_short_keys(shortened(), groups, group); }
};

Keys many() {
  Keys keys;
  const std::string& hex = kHexId;
  static const std::string sum = "sum-" + hex;
  keys.add("inc-" + hex, "inc");
  keys.add("('" + sum + "', 0, 31)", sum);
  keys.add("load-" + kUuidId, "load");
  keys.add(hex, "data");
  keys.add("", "inc");
  keys.add("inc", "inc");
  keys.add("i", "i");
  keys.add("plain text 4711", "text");
  keys.add("inc-0123456789ABCDEF00112233445566FF", "inc");
  keys.add("inc-" + hex.substr(1), "inc");
  keys.add("inc-g" + hex.substr(1), "inc");
  keys.add("load-0123456789-ab-cdef-0011-2233445566ff", "load");
  keys.add(std::string("odd \x01\x02\x03\x04 bytes\0", 15) + hex, "odd");
  keys.add("\xc3\xa9-" + hex, "\xc3\xa9");
  return keys;
}

TEST(ShortKeys, ComeBackAsTheyWere) {
  const Keys sent = many();
  ASSERT_TRUE(sent.check()) << sent.check().error().message;
  const ShortKeys keys = sent.shortened();
  KeyMaker maker(keys);
  for (std::size_t i = 0; i < sent.keys.size(); ++i) {
    std::string key;
    maker.append(i, sent.groups[i], key);
    EXPECT_EQ(key, sent.keys[i]) << i;
  }
}

TEST(ShortKeys, SingleOnesAreMadeWithoutTheOthers) {
  const Keys sent = many();
  const ShortKeys keys = sent.shortened();
  for (std::size_t i = 0; i < sent.keys.size(); ++i) {
    std::string key;
    KeyMaker(keys).append(i, sent.groups[i], key);
    EXPECT_EQ(key, sent.keys[i]) << i;
  }
}

TEST(ShortKeys, AreShort) {
  ShortKeysBuilder built;
  const std::string sum = "sum-" + kHexId;
  built.add("inc-" + kHexId, "inc");
  built.add("load-" + kUuidId, "load");
  built.add("('" + sum + "', 0)", sum);
  EXPECT_EQ(built.texts,
            "\x01-\x02"
            "\x01-\x03"
            "('\x01', 0)");
  EXPECT_EQ(built.ids.size(), 32U);
}

TEST(ShortKeys, OfWrongLengthsAreRefused) {
  Keys keys = many();
  ++keys.built.length.back();
  EXPECT_FALSE(keys.check());
  keys = many();
  keys.built.texts.pop_back();
  EXPECT_FALSE(keys.check());
}

TEST(ShortKeys, WithTooFewOrTooManyIdsAreRefused) {
  for (const bool odd : {false, true}) {  // found by both ways of checking
    Keys keys;
    keys.add("inc-" + kHexId, "inc");
    if (odd) keys.add("\x01", "inc");
    ASSERT_TRUE(keys.check());
    Keys more = keys;
    more.built.ids += kHexId;
    EXPECT_FALSE(more.check());
    keys.built.ids.pop_back();
    EXPECT_FALSE(keys.check());
  }
}

TEST(ShortKeys, WithoutTheByteBehindTheLastAreRefused) {
  Keys keys;
  keys.add("ab", "inc");
  keys.add("cd", "inc");
  keys.built.texts = "a\x04\x01z";  // the first text ends too early
  EXPECT_FALSE(keys.check());
  keys.built.texts = "\x04\x01zz";
  EXPECT_TRUE(keys.check());
  keys.built.texts = "\x04zzz";
  EXPECT_FALSE(keys.check());
}

TEST(ShortKeys, MustBeUtf8OneByOne) {
  Keys keys;
  keys.add("a", "inc");
  keys.add("b", "inc");
  keys.built.texts = "\xc3\xa9";
  EXPECT_FALSE(keys.check());
}

// A long name and many keys that are made of it.
TEST(ShortKeys, ThatWouldBecomeHugeAreRefused) {
  const std::string name(1U << 20, 'n');
  Keys keys;
  for (int i = 0; i < 8; ++i) keys.add(name, name);
  EXPECT_TRUE(keys.check());
  keys.add(name, name);
  const auto checked = keys.check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, base::Errc::kTooLarge);
}

}  // namespace
}  // namespace pilothouse::tape
