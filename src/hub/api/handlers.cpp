#include "hub/api/handlers.h"

#include <algorithm>

#include "hub/api/json_writer.h"
#include "hub/api/openapi.h"
#include "hub/api/read_body.h"
#include "hub/api/read_query.h"
#include "hub/api/respond.h"
#include "hub/api/write_doors.h"
#include "hub/api/write_timeline.h"
#include "hub/api/write_views.h"
#include "hub/log.h"
#include "model/timeline_format.h"

namespace pilothouse::hub {
namespace {

using store::Query;

// Spans of one piece: some megabytes at most.
constexpr std::int64_t kSpansPerPiece = 4096;

// Goes on behind `query.cursor` and leaves the place where the next piece begins there; none after the last.
base::Result<std::string> next_lines(store::RecordStore& records, Query& query, bool& over) {
  std::string lines;
  while (lines.empty() && !over) {
    const auto page = records.spans(query);
    if (!page) return page.error();
    for (const model::SpanView& span : page->items) {
      JsonWriter out;
      write(out, span);
      lines += out.take();
      lines += '\n';
    }
    query.cursor = page->next;
    over = !page->next;
  }
  return lines;
}

Response stream_spans(const Call& call, Query query) {
  query.limit = kSpansPerPiece;
  bool over = false;
  auto first = next_lines(call.records, query, over);
  if (!first) return failure_response(first.error());
  Response response{200, std::move(*first), {}};
  response.content_type = "application/x-ndjson";
  response.more = [query, over](store::RecordStore& records) mutable {
    return next_lines(records, query, over);
  };
  return response;
}

bool is_given(const Call& call, std::string_view name) {
  const auto& given = call.target.parameters;
  return std::any_of(given.begin(), given.end(),
                     [&](const auto& parameter) { return parameter.first == name; });
}

}  // namespace

Response failure_response(const base::Error& error) {
  using base::Errc;
  switch (error.code) {
    case Errc::kInvalidArgument:
      return error_response(400, "invalid_parameter", error.message);
    case Errc::kMalformed:
      return error_response(400, "malformed", error.message);
    case Errc::kUnauthorized:
      return error_response(401, "unauthorized", error.message);
    case Errc::kForbidden:
      return error_response(403, "forbidden", error.message);
    case Errc::kNotFound:
      return error_response(404, "not_found", error.message);
    case Errc::kConflict:
      return error_response(409, "conflict", error.message);
    case Errc::kUnknownSession:
      return error_response(409, "unknown_session", error.message);
    case Errc::kStorage:
      return error_response(503, "unavailable",
                            "the hub's store refused; its log says why under " + log_failure(error.message));
    default:
      return error_response(500, "internal",
                            "the hub failed; its log says why under " + log_failure(error.message));
  }
}

Response get_clusters(const Call& call) { return list(call, call.records, &store::RecordStore::clusters); }
Response get_workers(const Call& call) { return list(call, call.records, &store::RecordStore::workers); }
Response get_samples(const Call& call) { return list(call, call.records, &store::RecordStore::samples); }
Response get_computations(const Call& call) {
  return list(call, call.records, &store::RecordStore::computations);
}
Response get_spans(const Call& call) {
  if (!is_given(call, "format")) return list(call, call.records, &store::RecordStore::spans);
  const auto query = read_query(call);
  if (const Response* refusal = std::get_if<Response>(&query)) return *refusal;
  if (is_given(call, "limit") || is_given(call, "cursor")) {
    return error_response(400, "invalid_parameter",
                          "the parameter \"format\" excludes \"limit\" and \"cursor\"");
  }
  return stream_spans(call, std::get<Query>(query));
}

Response get_found_spans(const Call& call) {
  if (!is_given(call, "key"))
    return error_response(400, "invalid_parameter", "the parameter \"key\" is missing");
  return list(call, call.records, &store::RecordStore::find_spans);
}
Response get_events(const Call& call) { return list(call, call.records, &store::RecordStore::events); }
Response get_topics(const Call& call) { return list(call, call.records, &store::RecordStore::topics); }
Response get_exceptions(const Call& call) {
  return list(call, call.records, &store::RecordStore::exceptions);
}
Response get_exception_groups(const Call& call) {
  return list(call, call.records, &store::RecordStore::exception_groups);
}

Response get_fingerprints(const Call& call) {
  return list(call, call.records, &store::RecordStore::fingerprints);
}

Response get_cluster(const Call& call) {
  const auto query = read_query(call);
  if (const Response* refusal = std::get_if<Response>(&query)) return *refusal;
  const auto detail =
      call.records.cluster(call.caller.workspace.id, *std::get<Query>(query).cluster, call.viewpoint);
  return detail ? one_response(*detail) : failure_response(detail.error());
}

Response get_computation(const Call& call) {
  const auto query = read_query(call);
  if (const Response* refusal = std::get_if<Response>(&query)) return *refusal;
  const auto computation =
      call.records.computation(call.caller.workspace.id, *std::get<Query>(query).computation, call.viewpoint);
  return computation ? one_response(*computation) : failure_response(computation.error());
}

Response get_timeline(const Call& call) {
  const auto query = read_timeline_query(call);
  if (const Response* refusal = std::get_if<Response>(&query)) return *refusal;
  const auto timeline = call.records.timeline(std::get<store::TimelineQuery>(query));
  if (!timeline) return failure_response(timeline.error());
  if (!wants_bytes(call)) return one_response(*timeline);
  Response response{200, timeline_bytes(*timeline), {}};
  response.content_type = model::timeline_format::kContentType;
  return response;
}

Response get_history(const Call& call) {
  const auto query = read_history_query(call);
  if (const Response* refusal = std::get_if<Response>(&query)) return *refusal;
  const auto history = call.records.history(std::get<store::HistoryQuery>(query));
  return history ? one_response(*history) : failure_response(history.error());
}

Response get_workspace(const Call& call) {
  const store::Caller& caller = call.caller;
  JsonWriter out;
  out.begin_object();
  out.field("name", caller.workspace.name);
  out.field("created_us", caller.workspace.created_us);
  out.field("user", caller.user_name);
  out.field("role", store::role_word(caller.role));
  out.key("token");
  out.begin_object();
  out.field("id", caller.token);
  out.field("name", caller.token_name);
  write_scopes(out, caller.scopes);
  out.field("expires_us", caller.expires_us);
  out.end_object();
  out.end_object();
  return {200, out.take(), {}};
}

Response get_openapi(const Call&) { return {200, std::string(openapi_document()), {}}; }

Response get_health(const Call&) { return {200, R"({"status":"ok"})", {}}; }

Response get_readiness(const Call& call) {
  const auto alive = call.records.ping();
  return alive ? Response{200, R"({"status":"ok"})", {}} : failure_response(alive.error());
}

Response post_desired_state(const Call& call) {
  const auto query = read_query(call);
  if (const Response* refusal = std::get_if<Response>(&query)) return *refusal;
  const std::int64_t id = *std::get<Query>(query).cluster;

  const auto body = read_object(call.body, {"state"});
  if (!body) return failure_response(body.error());
  const auto* wanted = body->if_contains("state");
  if (wanted == nullptr || !wanted->is_string() || wanted->get_string() != "stopped") {
    return error_response(400, "malformed", "the field \"state\" must be \"stopped\"");
  }

  const auto before = call.records.cluster(call.caller.workspace.id, id, call.viewpoint);
  if (!before) return failure_response(before.error());
  const std::string& status = before->cluster.status;
  const bool over = before->cluster.stop_us.has_value();
  const auto asked = call.control.request_state(call.caller, id, "stopped", call.viewpoint.now_us);
  if (!asked) return failure_response(asked.error());
  const auto after = call.records.cluster(call.caller.workspace.id, id, call.viewpoint);
  if (!after) return failure_response(after.error());

  JsonWriter out;
  out.begin_object();
  write_cluster_fields(out, after->cluster);
  if (status == "stopped") {
    out.field("message", "the cluster has already stopped");
  } else if (over) {
    out.field("message", "the cluster is lost: its scheduler ended without a word");
  } else if (status == "lost") {
    out.field("message",
              "the cluster is lost: nothing is heard of it; if it comes back, it will be asked to stop");
  }
  out.end_object();
  return {status == "running" ? 202U : 200U, out.take(), {}};
}

}  // namespace pilothouse::hub
