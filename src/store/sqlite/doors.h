#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"
#include "store/doors.h"
#include "store/record_store.h"
#include "store/sqlite/connection.h"

// Users, tokens and the audit log in SQLite: ControlStore says what each does. Throws SqliteError; whoever
// calls has begun the transaction and commits it when the result is a success.
namespace pilothouse::store::sqlite {

void write_audit(Connection& connection, std::int64_t workspace, const AuditRow& row);

base::Result<Caller> authorize(Connection& connection, std::string_view token_hash, base::Micros now);

base::Result<void> request_state(Connection& connection, const Caller& caller, std::int64_t cluster,
                                 std::string_view state, base::Micros now);

Page<User> list_users(Connection& connection, const Query& query);
Page<Token> list_tokens(Connection& connection, const Query& query);
Page<AuditRow> list_audit(Connection& connection, const Query& query);

base::Result<User> add_user(Connection& connection, std::int64_t workspace, std::string_view name, Role role,
                            const Author& author, base::Micros now);
base::Result<User> change_user(Connection& connection, std::int64_t workspace, std::string_view name,
                               const UserChange& change, const Author& author, base::Micros now);
base::Result<Token> create_token(Connection& connection, std::int64_t workspace, const NewToken& made,
                                 const Author& author, base::Micros now);
base::Result<Token> rotate_token(Connection& connection, std::int64_t workspace, std::int64_t token,
                                 std::string_view hash, base::Micros grace, const Author& author,
                                 base::Micros now);
base::Result<Token> revoke_token(Connection& connection, std::int64_t workspace, std::int64_t token,
                                 const Author& author, base::Micros now);

void note_uses(Connection& connection, std::span<const TokenUse> uses);

}  // namespace pilothouse::store::sqlite
