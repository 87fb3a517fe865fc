#include "cli/span_columns.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;

json::value duration(const json::object& span) {
  return number_at(span, "stop_us") - number_at(span, "start_us");
}

}  // namespace

Columns span_columns() {
  return {
      {"key", Kind::kText, "key"},
      {"status", Kind::kState, "status"},
      {"start", Kind::kTime, "start_us"},
      {"duration", Kind::kDuration, "", Shown::kAlways, duration},
      {"bytes", Kind::kBytes, "nbytes"},
      {"worker", Kind::kText, "worker", Shown::kWide},
      {"type", Kind::kText, "type", Shown::kWide},
      {"group", Kind::kText, "group", Shown::kCsvOnly},
      {"thread", Kind::kText, "thread", Shown::kCsvOnly},
      {"stop", Kind::kTime, "stop_us", Shown::kCsvOnly},
      {"actions", Kind::kJson, "actions", Shown::kCsvOnly},
  };
}

}  // namespace pilothouse::cli
