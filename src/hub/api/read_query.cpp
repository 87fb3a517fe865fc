#include "hub/api/read_query.h"

#include <algorithm>
#include <charconv>

#include "base/duration.h"
#include "hub/api/cursor.h"

namespace pilothouse::hub {
namespace {

constexpr std::int64_t kHighestLimit = 1000;
constexpr std::int64_t kWidest = 8192;
constexpr std::int64_t kWidestHistory = 2000;
constexpr std::int64_t kMostActivity = 64;
constexpr std::int64_t kMostLanes = 4096;
constexpr std::int64_t kLastLane = 1'000'000;

// Reads one parameter after the other into a query; `problem` says what was wrong with the last one.
class Reader {
 public:
  explicit Reader(const Call& call) : call_(call) {
    query.workspace = call.caller.workspace.id;
    query.viewpoint = call.viewpoint;
  }

  bool read(std::string_view name, const std::string& value) {
    if (name == "since") return time(value, query.since);
    if (name == "until") return time(value, query.until);
    if (name == "limit") return limit(value);
    if (name == "cursor") return cursor(value);
    if (name == "status") return status(value);
    if (name == "format") return value == "ndjson" ? true : refuse("is not \"ndjson\"");
    if (name == "activity") return up_to(kMostActivity, value, query.activity);
    if (name == "cluster_id") return number(value, query.cluster);
    if (name == "computation_id") return number(value, query.computation);
    if (name == "group_id") return number(value, query.exception_group);
    if (name == "user") query.user = value;
    if (name == "text" && !value.empty()) query.text = value;
    if (name == "type") query.type = value;
    if (name == "fingerprint") query.fingerprint = value;
    if (name == "topic") query.topic = value;
    if (name == "key") query.key = value;
    if (name == "scheduler_id") query.scheduler_id = value;
    return true;
  }

  store::Query query;
  std::string problem;

 private:
  bool refuse(std::string why) {
    problem = std::move(why);
    return false;
  }

  bool time(const std::string& value, std::optional<base::Micros>& out) {
    const auto parsed = base::parse_time(value, call_.viewpoint.now_us);
    if (!parsed) return refuse(parsed.error().message);
    out = *parsed;
    return true;
  }

  bool number(const std::string& value, std::optional<std::int64_t>& out) {
    out = parse_positive(value);
    return out ? true : refuse("is not a positive integer");
  }

  bool up_to(std::int64_t most, const std::string& value, std::optional<std::int64_t>& out) {
    out = parse_positive(value);
    return out && *out <= most ? true : refuse("is not an integer from 1 to " + std::to_string(most));
  }

  bool limit(const std::string& value) {
    std::optional<std::int64_t> parsed;
    if (!up_to(kHighestLimit, value, parsed)) return false;
    query.limit = *parsed;
    return true;
  }

  bool cursor(const std::string& value) {
    query.cursor = decode_cursor(call_.target.route->listing, value);
    return query.cursor ? true : refuse("is not the \"next\" of an answer of this listing");
  }

  bool status(const std::string& value) {
    const auto statuses = call_.target.route->statuses;
    if (std::find(statuses.begin(), statuses.end(), value) == statuses.end()) {
      std::string all;
      for (const std::string_view one : statuses) all += (all.empty() ? "" : ", ") + std::string(one);
      return refuse("is none of " + all);
    }
    query.status = value;
    return true;
  }

  const Call& call_;
};

}  // namespace

std::optional<std::int64_t> parse_positive(std::string_view digits) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure != std::errc{} || end != digits.data() + digits.size() || number < 1) return std::nullopt;
  return number;
}

std::variant<store::Query, Response> read_query(const Call& call) {
  Reader reader(call);
  for (const auto& [name, value] : call.target.captures) {
    if (name != "cluster" && name != "computation") continue;
    const auto id = parse_positive(value);
    if (!id)
      return error_response(404, "not_found", "the id of a " + std::string(name) + " is a positive integer");
    (name == "cluster" ? reader.query.cluster : reader.query.computation) = *id;
  }
  for (const auto& [name, value] : call.target.parameters) {
    if (!reader.read(name, value)) {
      return error_response(400, "invalid_parameter", "the parameter \"" + name + "\": " + reader.problem);
    }
    if (name == "workspace" && value != call.caller.workspace.name) {
      return error_response(404, "not_found", "this token opens no workspace of that name");
    }
  }
  if (reader.query.cluster && reader.query.scheduler_id) {
    return error_response(400, "invalid_parameter",
                          "the parameters \"cluster_id\" and \"scheduler_id\" exclude one another");
  }
  return reader.query;
}

bool wants_bytes(const Call& call) {
  const auto& given = call.target.parameters;
  return std::any_of(given.begin(), given.end(), [](const auto& parameter) {
    return parameter.first == "format" && parameter.second == "binary";
  });
}

namespace {

Response refuse(const std::string& name, const std::string& why) {
  return error_response(400, "invalid_parameter", "the parameter \"" + name + "\": " + why);
}

}  // namespace

std::variant<store::HistoryQuery, Response> read_history_query(const Call& call) {
  store::HistoryQuery query;
  query.workspace = call.caller.workspace.id;
  query.viewpoint = call.viewpoint;
  const auto id = parse_positive(capture(call.target, "cluster"));
  if (!id) return error_response(404, "not_found", "the id of a cluster is a positive integer");
  query.cluster = *id;
  for (const auto& [name, value] : call.target.parameters) {
    const bool time = name != "width";
    const std::int64_t most = time ? model::kEndOfTime : kWidestHistory;
    const auto number = parse_positive(value);
    if (!number || *number > most) {
      return refuse(name, "is not an integer from 1 to " + std::to_string(most) +
                              (time ? ", microseconds since 1970" : ""));
    }
    if (name == "from") query.from = *number;
    if (name == "to") query.to = *number;
    if (name == "width") query.width = *number;
  }
  if (query.from && query.to && *query.from >= *query.to) return refuse("to", "is not after \"from\"");
  return query;
}

std::variant<store::TimelineQuery, Response> read_timeline_query(const Call& call) {
  store::TimelineQuery query;
  query.workspace = call.caller.workspace.id;
  const auto id = parse_positive(capture(call.target, "computation"));
  if (!id) return error_response(404, "not_found", "the id of a computation is a positive integer");
  query.computation = *id;
  for (const auto& [name, value] : call.target.parameters) {
    if (name == "worker") {
      query.worker = value;
      continue;
    }
    if (name == "format") {
      if (value != "json" && value != "binary") return refuse(name, "is neither \"json\" nor \"binary\"");
      continue;
    }
    const bool first_lane = name == "first_lane";
    const auto number = first_lane && value == "0" ? 0 : parse_positive(value);
    const bool time = name == "from" || name == "to";
    const std::int64_t most = time              ? model::kEndOfTime
                              : name == "width" ? kWidest
                              : first_lane      ? kLastLane
                                                : kMostLanes;
    if (!number || *number > most) {
      return refuse(name, "is not an integer from " + std::string(first_lane ? "0" : "1") + " to " +
                              std::to_string(most) + (time ? ", microseconds since 1970" : ""));
    }
    if (first_lane) query.first_lane = *number;
    if (name == "from") query.from = *number;
    if (name == "to") query.to = *number;
    if (name == "width") query.width = *number;
    if (name == "lanes") query.lanes = *number;
  }
  if (query.from && query.to && *query.from >= *query.to) return refuse("to", "is not after \"from\"");
  return query;
}

}  // namespace pilothouse::hub
