#include "hub/api/door_handlers.h"

#include <utility>

#include "hub/api/handlers.h"
#include "hub/api/read_body.h"
#include "hub/api/read_query.h"
#include "hub/api/respond.h"
#include "hub/api/write_doors.h"
#include "store/doors.h"
#include "store/token.h"

namespace pilothouse::hub {

namespace {

using store::Author;

Response answer(const base::Result<store::User>& user, unsigned status = 200) {
  return user ? one_response(*user, status) : failure_response(user.error());
}

// The one answer that has a token's text.
Response new_token_response(const store::Token& token, const std::string& text) {
  JsonWriter out;
  out.begin_object();
  write_token_fields(out, token);
  out.field("token", text);
  out.end_object();
  return {201, out.take(), {}};
}

Response change_user(const Call& call, const store::UserChange& change) {
  return answer(call.control.change_user(call.caller.workspace.id, capture(call.target, "user"), change,
                                         Author::of(call.caller), call.viewpoint.now_us));
}

Response set_disabled(const Call& call, bool disabled) {
  if (const auto body = read_object(call.body, {}); !body) return failure_response(body.error());
  return change_user(call, {.disabled = disabled, .role = {}});
}

base::Result<store::Role> read_role(const std::string& word) {
  auto role = store::parse_role(word);
  if (!role) return bad_field("role", role.error().message);
  return role;
}

base::Result<store::NewToken> read_new_token(const Call& call) {
  const auto body = read_object(call.body, {"user", "name", "scopes", "expires_in"});
  if (!body) return body.error();
  store::NewToken made;
  auto user = text_field(*body, "user");
  if (!user) return user.error();
  made.user = std::move(*user);
  auto name = text_field(*body, "name");
  if (!name) return name.error();
  if (!store::is_door_name(*name)) return bad_field("name", store::kDoorNameRule);
  made.name = std::move(*name);
  const auto words = texts_field(*body, "scopes");
  if (!words) return words.error();
  const auto scopes = store::Scopes::parse(*words);
  if (!scopes) return bad_field("scopes", scopes.error().message);
  made.scopes = *scopes;
  const auto expires_in = optional_text_field(*body, "expires_in");
  if (!expires_in) return expires_in.error();
  if (*expires_in) {
    const auto lifetime = store::parse_lifetime(**expires_in);
    if (!lifetime) return bad_field("expires_in", lifetime.error().message);
    made.lifetime_us = *lifetime;
  }
  return made;
}

}  // namespace

Response get_users(const Call& call) { return list(call, call.control, &store::ControlStore::users); }
Response get_tokens(const Call& call) { return list(call, call.control, &store::ControlStore::tokens); }
Response get_audit(const Call& call) { return list(call, call.control, &store::ControlStore::audit); }

Response post_user(const Call& call) {
  const auto body = read_object(call.body, {"name", "role"});
  if (!body) return failure_response(body.error());
  const auto name = text_field(*body, "name");
  if (!name) return failure_response(name.error());
  if (!store::is_door_name(*name)) return failure_response(bad_field("name", store::kDoorNameRule));
  const auto word = optional_text_field(*body, "role");
  if (!word) return failure_response(word.error());
  const auto role = read_role(word->value_or("member"));
  if (!role) return failure_response(role.error());
  return answer(call.control.add_user(call.caller.workspace.id, *name, *role, Author::of(call.caller),
                                      call.viewpoint.now_us),
                201);
}

Response post_user_disable(const Call& call) { return set_disabled(call, true); }
Response post_user_enable(const Call& call) { return set_disabled(call, false); }

Response post_user_role(const Call& call) {
  const auto body = read_object(call.body, {"role"});
  if (!body) return failure_response(body.error());
  const auto word = text_field(*body, "role");
  if (!word) return failure_response(word.error());
  const auto role = read_role(*word);
  if (!role) return failure_response(role.error());
  return change_user(call, {.disabled = {}, .role = *role});
}

Response post_token(const Call& call) {
  auto made = read_new_token(call);
  if (!made) return failure_response(made.error());
  const std::string text = store::new_token();
  made->hash = store::hash_token(text);
  const auto token = call.control.create_token(call.caller.workspace.id, *made, Author::of(call.caller),
                                               call.viewpoint.now_us);
  return token ? new_token_response(*token, text) : failure_response(token.error());
}

Response post_token_rotate(const Call& call) {
  const auto body = read_object(call.body, {"grace"});
  if (!body) return failure_response(body.error());
  const auto words = optional_text_field(*body, "grace");
  if (!words) return failure_response(words.error());
  base::Micros grace = 0;
  if (*words) {
    const auto read = store::parse_grace(**words);
    if (!read) return failure_response(bad_field("grace", read.error().message));
    grace = *read;
  }
  const auto id = parse_positive(capture(call.target, "token"));
  if (!id) return error_response(404, "not_found", "the id of a token is a positive integer");
  const std::string text = store::new_token();
  const auto token = call.control.rotate_token(call.caller.workspace.id, *id, store::hash_token(text), grace,
                                               Author::of(call.caller), call.viewpoint.now_us);
  return token ? new_token_response(*token, text) : failure_response(token.error());
}

Response post_token_revoke(const Call& call) {
  if (const auto body = read_object(call.body, {}); !body) return failure_response(body.error());
  const auto id = parse_positive(capture(call.target, "token"));
  if (!id) return error_response(404, "not_found", "the id of a token is a positive integer");
  const auto token = call.control.revoke_token(call.caller.workspace.id, *id, Author::of(call.caller),
                                               call.viewpoint.now_us);
  return token ? one_response(*token) : failure_response(token.error());
}

}  // namespace pilothouse::hub
