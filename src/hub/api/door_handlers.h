#pragma once

#include "hub/api/routes.h"

// Users, tokens and the audit log.
namespace pilothouse::hub {

Response get_users(const Call& call);
Response get_tokens(const Call& call);
Response get_audit(const Call& call);
Response post_user(const Call& call);
Response post_user_disable(const Call& call);
Response post_user_enable(const Call& call);
Response post_user_role(const Call& call);
Response post_token(const Call& call);
Response post_token_rotate(const Call& call);
Response post_token_revoke(const Call& call);

}  // namespace pilothouse::hub
