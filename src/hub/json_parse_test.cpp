#include "hub/json_parse.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <string>

namespace pilothouse::hub {
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

TEST(ParseJson, RefusesDeepNesting) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(kMaxJsonDepth)));
  EXPECT_FALSE(parse_json(nested(kMaxJsonDepth + 1)));
  EXPECT_FALSE(parse_json(nested(1'000'000)));
}

}  // namespace
}  // namespace pilothouse::hub
