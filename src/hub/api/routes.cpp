#include "hub/api/routes.h"

#include <array>

#include "hub/api/handlers.h"

namespace pilothouse::hub {
namespace {

using namespace std::string_view_literals;

constexpr std::array kClusterStatuses{"running"sv, "stopped"sv, "lost"sv};
constexpr std::array kComputationStates{"running"sv, "done"sv, "erred"sv, "cancelled"sv, "lost"sv};
constexpr std::array kSpanStatuses{"memory"sv, "erred"sv};

constexpr std::array kListing{"since"sv, "until"sv, "user"sv,   "status"sv,
                              "text"sv,  "limit"sv, "cursor"sv, "workspace"sv};
constexpr std::array kComputations{"since"sv, "until"sv,  "user"sv,      "status"sv,     "text"sv,
                                   "limit"sv, "cursor"sv, "workspace"sv, "cluster_id"sv, "scheduler_id"sv};
constexpr std::array kEvents{"since"sv, "until"sv,  "user"sv,      "status"sv, "text"sv,
                             "limit"sv, "cursor"sv, "workspace"sv, "topic"sv};
constexpr std::array kExceptions{"since"sv,      "until"sv,        "user"sv,   "status"sv,
                                 "text"sv,       "limit"sv,        "cursor"sv, "workspace"sv,
                                 "cluster_id"sv, "scheduler_id"sv, "type"sv,   "group_id"sv};
constexpr auto kExceptionGroups = std::span(kExceptions).first(kExceptions.size() - 1);
constexpr std::array kPage{"limit"sv, "cursor"sv};
constexpr std::array kSamples{"since"sv, "until"sv, "limit"sv, "cursor"sv};
constexpr std::array kFoundSpans{"key"sv, "cluster_id"sv, "computation_id"sv, "limit"sv, "cursor"sv};
constexpr std::array kTimeline{"from"sv, "to"sv, "width"sv, "lanes"sv, "worker"sv, "format"sv};
constexpr std::array kUpload{"last"sv};
constexpr std::array kSpans{"status"sv, "text"sv, "limit"sv, "cursor"sv, "format"sv};

constexpr Route get(std::string_view pattern, Response (*handle)(const Call&), std::string_view listing = {},
                    std::span<const std::string_view> parameters = {},
                    std::span<const std::string_view> statuses = {}) {
  return {Method::kGet, pattern, Runs::kReader, true, listing, parameters, statuses, handle};
}

constexpr Route get_open(std::string_view pattern, Response (*handle)(const Call&)) {
  return {Method::kGet, pattern, Runs::kReader, false, {}, {}, {}, handle};
}

constexpr Route post(std::string_view pattern, Runs runs, Response (*handle)(const Call&),
                     std::span<const std::string_view> parameters = {}) {
  return {Method::kPost, pattern, runs, true, {}, parameters, {}, handle};
}

constexpr std::array kRoutes{
    get("/api/v1/clusters", get_clusters, "clusters", kListing, kClusterStatuses),
    get("/api/v1/clusters/{cluster}", get_cluster),
    get("/api/v1/clusters/{cluster}/workers", get_workers, "workers", kPage),
    get("/api/v1/clusters/{cluster}/samples", get_samples, "samples", kSamples),
    get("/api/v1/clusters/{cluster}/computations", get_computations, "computations", kListing,
        kComputationStates),
    get("/api/v1/clusters/{cluster}/events", get_events, "events", kEvents, kClusterStatuses),
    get("/api/v1/computations", get_computations, "computations", kComputations, kComputationStates),
    get("/api/v1/computations/{computation}", get_computation),
    get("/api/v1/computations/{computation}/spans", get_spans, "spans", kSpans, kSpanStatuses),
    get("/api/v1/computations/{computation}/timeline", get_timeline, {}, kTimeline),
    get("/api/v1/spans", get_found_spans, "found-spans", kFoundSpans),
    get("/api/v1/exceptions", get_exceptions, "exceptions", kExceptions, kClusterStatuses),
    get("/api/v1/exceptions/groups", get_exception_groups, "exception-groups", kExceptionGroups,
        kClusterStatuses),
    get("/api/v1/workspace", get_workspace),
    post("/api/v1/clusters/{cluster}/desired-state", Runs::kWriter, post_desired_state),
    post("/api/v1/sessions/{session}/chunks", Runs::kIngest, nullptr, kUpload),
    get_open("/api/v1/openapi.json", get_openapi),
    get_open("/healthz", get_health),
    get_open("/readyz", get_readiness),
};

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace pilothouse::hub
