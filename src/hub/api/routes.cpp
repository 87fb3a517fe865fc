#include "hub/api/routes.h"

#include <array>

#include "hub/api/door_handlers.h"
#include "hub/api/handlers.h"
#include "hub/api/plugin_handlers.h"
#include "tape/format.h"
#include "trust/signatures/format.h"

namespace pilothouse::hub {
namespace {

using namespace std::string_view_literals;
using store::Scope;
using store::Scopes;

constexpr std::array kClusterStatuses{"running"sv, "stopped"sv, "lost"sv};
constexpr std::array kComputationStates{"running"sv, "done"sv, "erred"sv, "cancelled"sv, "lost"sv};
constexpr std::array kSpanStatuses{"memory"sv, "erred"sv};

constexpr std::array kListing{"since"sv, "until"sv, "user"sv,   "status"sv,
                              "text"sv,  "limit"sv, "cursor"sv, "workspace"sv};
constexpr std::array kClusters{"since"sv, "until"sv,  "user"sv,      "status"sv,  "text"sv,
                               "limit"sv, "cursor"sv, "workspace"sv, "activity"sv};
constexpr std::array kHistory{"from"sv, "to"sv, "width"sv};
constexpr std::array kComputations{"since"sv, "until"sv,  "user"sv,      "status"sv,     "text"sv,
                                   "limit"sv, "cursor"sv, "workspace"sv, "cluster_id"sv, "scheduler_id"sv};
constexpr std::array kEvents{"since"sv, "until"sv,  "user"sv,      "status"sv, "text"sv,
                             "limit"sv, "cursor"sv, "workspace"sv, "topic"sv};
constexpr std::array kExceptions{"since"sv, "until"sv,       "user"sv,      "status"sv,     "text"sv,
                                 "limit"sv, "cursor"sv,      "workspace"sv, "cluster_id"sv, "scheduler_id"sv,
                                 "type"sv,  "fingerprint"sv, "group_id"sv};
constexpr std::array kFingerprints{"since"sv, "until"sv,      "user"sv,  "text"sv,
                                   "type"sv,  "cluster_id"sv, "limit"sv, "cursor"sv};
constexpr auto kExceptionGroups = std::span(kExceptions).first(kExceptions.size() - 1);
constexpr std::array kPage{"limit"sv, "cursor"sv};
constexpr std::array kSamples{"since"sv, "until"sv, "limit"sv, "cursor"sv};
constexpr std::array kFoundSpans{"key"sv, "cluster_id"sv, "computation_id"sv, "limit"sv, "cursor"sv};
constexpr std::array kTimeline{"from"sv,  "to"sv,     "width"sv, "first_lane"sv,
                               "lanes"sv, "worker"sv, "format"sv};
constexpr std::array kUpload{"last"sv};
constexpr std::array kChanges{"cluster_id"sv};
constexpr std::array kTokens{"user"sv, "limit"sv, "cursor"sv};
constexpr std::array kAudit{"since"sv, "until"sv, "text"sv, "limit"sv, "cursor"sv, "workspace"sv};
constexpr std::array kPlugins{"text"sv, "limit"sv, "cursor"sv};
constexpr std::array kSpans{"status"sv, "text"sv, "limit"sv, "cursor"sv, "format"sv};

constexpr Route get(std::string_view pattern, Scopes scopes, Response (*handle)(const Call&),
                    std::string_view listing = {}, std::span<const std::string_view> parameters = {},
                    std::span<const std::string_view> statuses = {}) {
  return {Method::kGet, pattern, Runs::kReader, scopes, listing, parameters, statuses, handle, {}};
}

constexpr Route get_open(std::string_view pattern, Response (*handle)(const Call&)) {
  return {Method::kGet, pattern, Runs::kReader, Scopes(), {}, {}, {}, handle, {}};
}

// What changes something is known to the audit log as `action`.
constexpr Route change(std::string_view pattern, Scopes scopes, std::string_view action,
                       Response (*handle)(const Call&), std::uint64_t max_body = kSmallBody) {
  return {Method::kPost, pattern, Runs::kWriter, scopes, {}, {}, {}, handle, action, max_body};
}

constexpr Route upload(std::string_view pattern, Scopes scopes,
                       std::span<const std::string_view> parameters) {
  return {Method::kPost, pattern, Runs::kIngest, scopes, {}, parameters, {}, nullptr, {}, tape::kMaxRequest};
}

constexpr Route stream(std::string_view pattern, Scopes scopes,
                       std::span<const std::string_view> parameters) {
  return {Method::kGet, pattern, Runs::kChanges, scopes, {}, parameters, {}, nullptr, {}};
}

constexpr Scopes kRead = Scope::kRead;
constexpr Scopes kControl = Scope::kControl;
constexpr Scopes kIngest = Scope::kIngest;
constexpr Scopes kAdmin = Scope::kAdmin;
constexpr Scopes kPublish = Scope::kPublish;

constexpr std::array kRoutes{
    get("/api/v1/clusters", kRead, get_clusters, "clusters", kClusters, kClusterStatuses),
    get("/api/v1/clusters/{cluster}", kRead, get_cluster),
    get("/api/v1/clusters/{cluster}/workers", kRead, get_workers, "workers", kPage),
    get("/api/v1/clusters/{cluster}/samples", kRead, get_samples, "samples", kSamples),
    get("/api/v1/clusters/{cluster}/computations", kRead, get_computations, "computations", kListing,
        kComputationStates),
    get("/api/v1/clusters/{cluster}/events", kRead, get_events, "events", kEvents, kClusterStatuses),
    get("/api/v1/clusters/{cluster}/history", kRead, get_history, {}, kHistory),
    get("/api/v1/clusters/{cluster}/topics", kRead, get_topics, "topics"),
    get("/api/v1/computations", kRead, get_computations, "computations", kComputations, kComputationStates),
    get("/api/v1/computations/{computation}", kRead, get_computation),
    get("/api/v1/computations/{computation}/spans", kRead, get_spans, "spans", kSpans, kSpanStatuses),
    get("/api/v1/computations/{computation}/timeline", kRead, get_timeline, {}, kTimeline),
    get("/api/v1/spans", kRead, get_found_spans, "found-spans", kFoundSpans),
    get("/api/v1/exceptions", kRead, get_exceptions, "exceptions", kExceptions, kClusterStatuses),
    get("/api/v1/exceptions/groups", kRead, get_exception_groups, "exception-groups", kExceptionGroups,
        kClusterStatuses),
    stream("/api/v1/changes", kRead, kChanges),
    get("/api/v1/exceptions/fingerprints", kRead, get_fingerprints, "fingerprints", kFingerprints),
    get("/api/v1/workspace", Scopes::all(), get_workspace),
    get("/api/v1/users", kAdmin, get_users, "users", kPage),
    get("/api/v1/tokens", kAdmin, get_tokens, "tokens", kTokens),
    get("/api/v1/audit", kAdmin, get_audit, "audit", kAudit),
    get("/api/v1/plugins", kRead, get_plugins, "plugins", kPlugins),
    get("/api/v1/plugins/{plugin}", kRead | kIngest, get_plugin),
    get("/api/v1/plugins/{plugin}/{version}/bundle", kRead | kIngest, get_bundle),
    get("/api/v1/plugins/{plugin}/{version}/audit", kRead, get_report),
    change("/api/v1/plugins", kPublish, "plugin.publish", post_bundle, trust::kDefaultMaxBundle),
    change("/api/v1/plugins/revocations", kPublish, "plugin.revoke", post_revocation),
    change("/api/v1/clusters/{cluster}/desired-state", kControl, "cluster.close", post_desired_state),
    change("/api/v1/users", kAdmin, "user.add", post_user),
    change("/api/v1/users/{user}/disable", kAdmin, "user.disable", post_user_disable),
    change("/api/v1/users/{user}/enable", kAdmin, "user.enable", post_user_enable),
    change("/api/v1/users/{user}/role", kAdmin, "user.role", post_user_role),
    change("/api/v1/tokens", kAdmin, "token.create", post_token),
    change("/api/v1/tokens/{token}/rotate", kAdmin, "token.rotate", post_token_rotate),
    change("/api/v1/tokens/{token}/revoke", kAdmin, "token.revoke", post_token_revoke),
    upload("/api/v1/sessions/{session}/chunks", kIngest, kUpload),
    get_open("/api/v1/openapi.json", get_openapi),
    get_open("/healthz", get_health),
    get_open("/readyz", get_readiness),
};

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace pilothouse::hub
