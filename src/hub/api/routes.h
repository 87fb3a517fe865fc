#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "hub/api/http.h"
#include "store/bundle_store.h"
#include "store/control_store.h"
#include "store/record_store.h"
#include "store/scopes.h"

namespace pilothouse::hub {

struct Route;

// A request's target, taken apart and found to be allowed.
struct Target {
  const Route* route = nullptr;
  std::vector<std::pair<std::string_view, std::string>> captures;  // of the pattern's {names}
  std::vector<std::pair<std::string, std::string>> parameters;     // each name once
};

// What a handler is given. Stores and texts live as long as the call.
struct Call {
  const Target& target;
  const store::Caller& caller;
  const std::string& body;
  store::Viewpoint viewpoint;
  store::ControlStore& control;
  store::RecordStore& records;
  store::BundleStore& bundles;
};

// Where a route's handler runs: on a reader thread, on the writer thread, or (ingest, answered by
// src/hub/server with the help of src/hub/ingest) on both; or nowhere: the answer goes on for as long as the
// client stays (changes, answered by src/hub/event_stream).
enum class Runs { kReader, kWriter, kIngest, kChanges };

inline constexpr std::uint64_t kSmallBody = 64U << 10;

struct Route {
  Method method;
  std::string_view pattern;  // "{name}" stands for one segment that is not empty
  Runs runs;
  store::Scopes scopes;                               // any of these opens it; none: it needs no token
  std::string_view listing = {};                      // binds cursors; empty when the route has none
  std::span<const std::string_view> parameters = {};  // all that may be given
  std::span<const std::string_view> statuses = {};    // what `status` may be
  Response (*handle)(const Call& call) = nullptr;     // never throws on purpose; what it throws becomes a 500
  std::string_view action = {};                       // in the audit log; empty: a refusal leaves no row
  std::uint64_t max_body = kSmallBody;                // bytes
};

// Every route of the hub.
std::span<const Route> routes();

// The route of a target, or why there is none: 404, 405, or 400 for a parameter the route does not take.
std::variant<Target, Response> find_route(Method method, std::string_view target);

// The capture of that name, which the route's pattern has.
const std::string& capture(const Target& target, std::string_view name);

}  // namespace pilothouse::hub
