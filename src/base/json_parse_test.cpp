#include "base/json_parse.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <string>

namespace pilothouse::base {
namespace {

TEST(ParseJson, TakesOneValue) {
  for (const char* text :
       {"null", "[]", "{}", " [1, -2, 1.5, true, \"\\u00e4\", {\"a\": {\"a\": 1}, \"b\": {}}] ",
        "18446744073709551615", "\"\\ud83d\\ude80\""}) {
    const auto value = parse_json(text);
    ASSERT_TRUE(value) << text << ": " << value.error().message;
    EXPECT_EQ(parse_json(boost::json::serialize(*value)).value(), *value);
  }
}

TEST(ParseJson, RefusesWhatIsNotOne) {
  for (const char* text : {"", " ", "[", "[1,]", "{\"a\"}", "{a:1}", "[] []", "nul", "'x'", "// x\n1", "01",
                           "+1", "\"\xff\"", "\"\\ud800\"", "NaN", "Infinity", "\"\n\"", "\xef\xbb\xbf[]"}) {
    EXPECT_FALSE(parse_json(text)) << text;
  }
}

TEST(ParseJson, KeepsNumbersExactly) {
  for (const double number :
       {0.9110959398933565, 1769904000.1234567, 0.1 + 0.2, 1e-320, 1.7976931348623157e308}) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    EXPECT_EQ(parse_json(std::string_view(text.data(), end))->as_double(), number) << text.data();
  }
  EXPECT_FALSE(parse_json("1e999"));  // written again, nobody could read it
  EXPECT_EQ(parse_json("1e-999")->as_double(), 0);
}

TEST(ParseJson, RefusesRepeatedNames) {
  EXPECT_TRUE(parse_json(R"([{"a":1},{"a":2}])"));
  EXPECT_TRUE(parse_json(R"({"a":{"a":{"a":1}}})"));
  for (const char* text : {R"({"a":1,"a":1})", R"({"a":1,"b":{},"a":1})", R"({"a":{"b":1,"c":2,"b":3}})",
                           R"({"a":1,"\u0061":2})", R"([{"x":[{"a":1,"a":2}]}])"}) {
    const auto value = parse_json(text);
    ASSERT_FALSE(value) << text;
    EXPECT_NE(value.error().message.find("twice"), std::string::npos);
  }
}

TEST(ParseJson, RefusesTooManyValues) {
  const auto zeros = [](std::size_t count) {
    std::string text = "[0";
    for (std::size_t i = 1; i < count; ++i) text += ",0";
    return text + "]";
  };
  EXPECT_TRUE(parse_json(zeros(kMaxJsonValues - 1)));
  EXPECT_FALSE(parse_json(zeros(kMaxJsonValues)));
}

TEST(ParseJson, RefusesDeepNesting) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(kMaxJsonDepth)));
  EXPECT_FALSE(parse_json(nested(kMaxJsonDepth + 1)));
  EXPECT_FALSE(parse_json(nested(1'000'000)));
}

}  // namespace
}  // namespace pilothouse::base
