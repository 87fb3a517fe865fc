#pragma once

#include "hub/api/routes.h"

// Signed plugins: taken in when they are well-formed and rightly signed by somebody, offered as they came.
namespace pilothouse::hub {

Response get_plugins(const Call& call);
Response get_plugin(const Call& call);
Response get_bundle(const Call& call);
Response get_report(const Call& call);
Response post_bundle(const Call& call);
Response post_revocation(const Call& call);

}  // namespace pilothouse::hub
