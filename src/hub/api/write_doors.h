#pragma once

#include "hub/api/json_writer.h"
#include "store/doors.h"

// The JSON of users, tokens and the audit log; the schemas of the same names in openapi.json say the same.
namespace pilothouse::hub {

// The field "scopes".
void write_scopes(JsonWriter& out, store::Scopes scopes);

// The fields of a token: all but the token itself, which is not kept.
void write_token_fields(JsonWriter& out, const store::Token& token);

void write(JsonWriter& out, const store::User& user);
void write(JsonWriter& out, const store::Token& token);
void write(JsonWriter& out, const store::AuditRow& row);

}  // namespace pilothouse::hub
