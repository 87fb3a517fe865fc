#pragma once

#include <string>

#include "base/error.h"
#include "hub/api/routes.h"

namespace pilothouse::hub {

Response get_clusters(const Call& call);
Response get_cluster(const Call& call);
Response get_workers(const Call& call);
Response get_samples(const Call& call);
Response get_computations(const Call& call);
Response get_computation(const Call& call);
Response get_spans(const Call& call);
Response get_found_spans(const Call& call);
Response get_timeline(const Call& call);
Response get_events(const Call& call);
Response get_history(const Call& call);
Response get_topics(const Call& call);
Response get_exceptions(const Call& call);
Response get_exception_groups(const Call& call);
Response get_fingerprints(const Call& call);
Response get_workspace(const Call& call);
Response get_openapi(const Call& call);
Response get_health(const Call& call);
Response get_readiness(const Call& call);
Response post_desired_state(const Call& call);

// The answer to a failure that reached the surface. What the store refuses is logged and shown without its
// details.
Response failure_response(const base::Error& error);

}  // namespace pilothouse::hub
