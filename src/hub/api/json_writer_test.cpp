#include "hub/api/json_writer.h"

#include <gtest/gtest.h>

namespace pilothouse::hub {
namespace {

TEST(JsonWriter, WritesWhatItIsTold) {
  JsonWriter out;
  out.begin_object();
  out.field("text", "a\"b\\c\n\r\t\x01\x1f\x7f\xc3\xa4");
  out.field("empty", std::string_view());
  out.field("least", INT64_MIN);
  out.field("most", UINT64_MAX);
  out.field("half", 0.5);
  out.field("large", 1e300);
  out.field("truth", true);
  out.field("nothing", std::optional<std::int64_t>());
  out.field("something", std::optional<std::string>("x"));
  out.raw_field("raw", "[1,2]");
  out.key("array");
  out.begin_array();
  out.value(1);
  out.begin_object();
  out.end_object();
  out.begin_array();
  out.end_array();
  out.null();
  out.end_array();
  out.end_object();
  EXPECT_EQ(out.take(),
            "{\"text\":\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001F\x7f\xc3\xa4\",\"empty\":\"\",\"least\":-"
            "9223372036854775808,"
            "\"most\":18446744073709551615,\"half\":0.5,\"large\":1e300,\"truth\":true,\"nothing\":null,"
            "\"something\":\"x\",\"raw\":[1,2],\"array\":[1,{},[],null]}");
}

}  // namespace
}  // namespace pilothouse::hub
