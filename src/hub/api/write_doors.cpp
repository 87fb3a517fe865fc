#include "hub/api/write_doors.h"

#include <string_view>

namespace pilothouse::hub {

void write_scopes(JsonWriter& out, store::Scopes scopes) {
  out.key("scopes");
  out.begin_array();
  for (const std::string_view word : scopes.words()) out.value(word);
  out.end_array();
}

void write(JsonWriter& out, const store::User& user) {
  out.begin_object();
  out.field("name", user.name);
  out.field("role", store::role_word(user.role));
  out.field("created_us", user.created_us);
  out.field("disabled_us", user.disabled_us);
  out.end_object();
}

void write_token_fields(JsonWriter& out, const store::Token& token) {
  out.field("id", token.id);
  out.field("user", token.user);
  out.field("name", token.name);
  write_scopes(out, token.scopes);
  out.field("created_us", token.created_us);
  out.field("expires_us", token.expires_us);
  out.field("last_used_us", token.last_used_us);
  out.field("revoked_us", token.revoked_us);
  out.field("replaced_by", token.replaced_by);
}

void write(JsonWriter& out, const store::Token& token) {
  out.begin_object();
  write_token_fields(out, token);
  out.end_object();
}

void write(JsonWriter& out, const store::AuditRow& row) {
  out.begin_object();
  out.field("id", row.id);
  out.field("time_us", row.time_us);
  out.field("actor", row.actor);
  out.field("token_id", row.token);
  out.field("action", row.action);
  out.field("subject", row.subject);
  out.field("outcome", row.outcome);
  out.field("detail", row.detail);
  out.end_object();
}

}  // namespace pilothouse::hub
