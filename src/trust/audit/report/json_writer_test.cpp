#include "trust/audit/report/json_writer.h"

#include <gtest/gtest.h>

namespace pilothouse::audit {
namespace {

TEST(AuditJsonWriter, Layout) {
  JsonWriter out;
  out.begin_object();
  out.field("a", 1);
  out.key("b");
  out.begin_array();
  out.begin_object(true);
  out.field("c", "d");
  out.field("e", 0.9);
  out.end_object();
  out.end_array();
  out.key("f");
  out.begin_array();
  out.end_array();
  out.field("g", true);
  out.field("h", 0.0);
  out.end_object();
  EXPECT_EQ(out.take(),
            "{\n  \"a\": 1,\n  \"b\": [\n    {\"c\": \"d\", \"e\": 0.9}\n  ],\n  \"f\": [],\n  \"g\": "
            "true,\n  \"h\": 0\n}\n");
}

TEST(AuditJsonWriter, HostileTexts) {
  JsonWriter out;
  out.value(std::string_view(
      "\"\\\n\t\r\x1b\x7f\0\xC2\x9B\xE2\x80\xAE\xE2\x81\xA6\xFF\xE2\x82\xC3\xB6\xF0\x9F\x98\x80", 25));
  EXPECT_EQ(out.take(),
            "\"\\\"\\\\\\n\\t\\u000d\\u001b\\u007f\\u0000\\u009b\\u202e\\u2066\xEF\xBF\xBD\xEF\xBF\xBD\xEF"
            "\xBF\xBD\xC3\xB6"
            "\xF0\x9F\x98\x80\"\n");
}

}  // namespace
}  // namespace pilothouse::audit
