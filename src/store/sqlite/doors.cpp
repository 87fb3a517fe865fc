#include "store/sqlite/doors.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "store/sqlite/filter.h"
#include "store/token.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;
using base::error;

constexpr std::string_view kUserColumns = "u.id, u.name, u.role, u.created_us, u.disabled_us";
constexpr std::string_view kTokenColumns =
    "t.id, u.name, t.name, t.scopes, t.created_us, t.expires_us, t.last_used_us, t.revoked_us, "
    "t.replaced_by";

Role role_of(std::string_view word) { return word == "owner" ? Role::kOwner : Role::kMember; }

User user_of(const Statement& row) {
  return {row.integer(0), row.string(1), role_of(row.text(2)), row.integer(3), row.optional_integer(4)};
}

Token token_of(const Statement& row) {
  return {row.integer(0),          row.string(1),
          row.string(2),           Scopes::from_bits(row.integer(3)),
          row.integer(4),          row.optional_integer(5),
          row.optional_integer(6), row.optional_integer(7),
          row.optional_integer(8)};
}

std::string in_quotes(std::string_view name) {
  return "\"" + (base::is_utf8(name) ? std::string(base::utf8_prefix(name, 64)) : "?") + "\"";
}

base::Error bad_name() { return error(Errc::kInvalidArgument, std::string(kDoorNameRule)); }

base::Error owners_only() { return error(Errc::kForbidden, "only an owner may change what is an owner's"); }

void write_done(Connection& connection, std::int64_t workspace, const Author& author, base::Micros now,
                std::string action, std::string subject, std::string detail) {
  write_audit(
      connection, workspace,
      {0, now, author.actor, author.token, std::move(action), std::move(subject), "done", std::move(detail)});
}

base::Result<User> find_user(Connection& connection, std::int64_t workspace, std::string_view name) {
  Statement row = connection.query(
      "SELECT " + std::string(kUserColumns) + " FROM users u WHERE u.workspace = ? AND u.name = ?", workspace,
      name);
  if (row.step()) return user_of(row);
  return error(Errc::kNotFound, "there is no user " + in_quotes(name));
}

// The user whom an author may act for: one who is there, and no owner unless the author changes owners.
base::Result<User> find_changeable(Connection& connection, std::int64_t workspace, std::string_view name,
                                   const Author& author) {
  auto user = find_user(connection, workspace, name);
  if (user && user->role == Role::kOwner && !author.changes_owners) return owners_only();
  return user;
}

base::Result<Token> find_token(Connection& connection, std::int64_t workspace, std::int64_t id) {
  Statement row = connection.query("SELECT " + std::string(kTokenColumns) +
                                       " FROM tokens t JOIN users u ON u.id = t.user WHERE t.id = ? AND "
                                       "u.workspace = ?",
                                   id, workspace);
  if (row.step()) return token_of(row);
  return error(Errc::kNotFound, "there is no token " + std::to_string(id));
}

bool has_another_owner(Connection& connection, std::int64_t workspace, std::int64_t than) {
  return connection
      .query("SELECT 1 FROM users WHERE workspace = ? AND id <> ? AND role = 'owner' AND disabled_us IS NULL",
             workspace, than)
      .step();
}

std::string in_words(const NewToken& made) {
  std::string words = "\"" + made.name + "\" of " + made.user + ": " + made.scopes.text(", ");
  if (made.lifetime_us) words += "; for " + std::to_string(*made.lifetime_us / base::kMicrosPerSecond) + " s";
  return words;
}

base::Result<Token> insert_token(Connection& connection, std::int64_t workspace, const User& user,
                                 const NewToken& made, base::Micros now) {
  if (user.disabled_us) return error(Errc::kConflict, "the user " + in_quotes(user.name) + " is disabled");
  std::optional<base::Micros> expires;
  if (made.lifetime_us) expires = now + *made.lifetime_us;
  connection.run(
      "INSERT INTO tokens (hash, user, name, scopes, created_us, expires_us) VALUES (?, ?, ?, ?, ?, ?)",
      Blob{made.hash}, user.id, made.name, made.scopes.bits(), now, expires);
  return find_token(connection, workspace, connection.last_insert_id());
}

std::string subject_of(const Token& token) { return "token " + std::to_string(token.id); }

}  // namespace

void write_audit(Connection& connection, std::int64_t workspace, const AuditRow& row) {
  const auto cut = [](const std::string& text) { return base::utf8_prefix(text, kMaxAuditText); };
  connection.run(
      "INSERT INTO audit (time_us, workspace, actor, token, action, subject, outcome, detail) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      row.time_us, workspace, cut(row.actor), row.token, cut(row.action), cut(row.subject), cut(row.outcome),
      cut(row.detail));
}

base::Result<Caller> authorize(Connection& connection, std::string_view token_hash, base::Micros now) {
  const Blob key{token_hash};
  Statement row = connection.query(
      "SELECT t.hash, t.id, t.name, t.scopes, t.expires_us, t.revoked_us, u.id, u.name, u.role, "
      "u.disabled_us, w.id, w.name, w.created_us FROM tokens t JOIN users u ON u.id = t.user "
      "JOIN workspaces w ON w.id = u.workspace WHERE t.hash = ?",
      key);
  const bool known = row.step() && same_hash(row.text(0), token_hash);
  if (!known || !row.is_null(5) || !row.is_null(9)) {
    return error(Errc::kUnauthorized, "a valid token is required");
  }
  Caller caller;
  caller.expires_us = row.optional_integer(4);
  if (caller.expires_us.value_or(now + 1) <= now) {
    return error(Errc::kUnauthorized, "the token has expired");
  }
  caller.token = row.integer(1);
  caller.token_name = row.string(2);
  caller.scopes = Scopes::from_bits(row.integer(3));
  caller.user = row.integer(6);
  caller.user_name = row.string(7);
  caller.role = role_of(row.text(8));
  caller.workspace = {row.integer(10), row.string(11), row.integer(12)};
  return caller;
}

base::Result<void> request_state(Connection& connection, const Caller& caller, std::int64_t cluster,
                                 std::string_view state, base::Micros now) {
  const std::string name = "cluster " + std::to_string(cluster);
  bool over = false;
  {
    Statement row = connection.query(
        "SELECT recorder_user, stop_us FROM clusters WHERE id = ? AND workspace = ? AND removed_us IS NULL",
        cluster, caller.workspace.id);
    if (!row.step()) return error(Errc::kNotFound, "there is no " + name);
    if (!caller.stops_everything() && row.optional_integer(0) != caller.user) {
      return error(Errc::kForbidden, name +
                                         " was not recorded with a token of yours: an owner, or a token with "
                                         "the scope admin, may stop it");
    }
    over = !row.is_null(1);
  }
  if (!over) {
    connection.run(
        "INSERT INTO desired_states (cluster, state, requested_us) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        cluster, state, now);
  }
  const char* what = over                        ? "it was over already"
                     : connection.changes() == 0 ? "it had been asked before"
                                                 : "it is asked";
  write_done(connection, caller.workspace.id, Author::of(caller), now, "cluster.close", name, what);
  return {};
}

Page<User> list_users(Connection& connection, const Query& query) {
  Filter filter("SELECT " + std::string(kUserColumns) + " FROM users u WHERE ");
  filter.add("u.workspace = ?#", query.workspace);
  if (query.cursor) filter.add(" AND u.id < ?#", query.cursor->major);
  filter.add(" ORDER BY u.id DESC");
  return read_page<User>(connection, filter, query.limit, user_of, [](const User& last) {
    return Cursor{last.id, 0};
  });
}

Page<Token> list_tokens(Connection& connection, const Query& query) {
  Filter filter("SELECT " + std::string(kTokenColumns) +
                " FROM tokens t JOIN users u ON u.id = t.user WHERE ");
  filter.add("u.workspace = ?#", query.workspace).add_if(" AND u.name = ?#", query.user);
  if (query.cursor) filter.add(" AND t.id < ?#", query.cursor->major);
  filter.add(" ORDER BY t.id DESC");
  return read_page<Token>(connection, filter, query.limit, token_of, [](const Token& last) {
    return Cursor{last.id, 0};
  });
}

Page<AuditRow> list_audit(Connection& connection, const Query& query) {
  Filter filter("SELECT id, time_us, actor, token, action, subject, outcome, detail FROM audit WHERE ");
  filter.add("workspace = ?#", query.workspace)
      .add_if(" AND time_us >= ?#", query.since)
      .add_if(" AND time_us < ?#", query.until)
      .add_if(" AND (contains(action, ?#) OR contains(actor, ?#) OR contains(subject, ?#))", query.text);
  if (query.cursor) {
    filter.add(" AND (time_us, id) < (?#", query.cursor->major).add(", ?#)", query.cursor->minor);
  }
  filter.add(" ORDER BY time_us DESC, id DESC");
  return read_page<AuditRow>(
      connection, filter, query.limit,
      [](const Statement& row) {
        return AuditRow{row.integer(0), row.integer(1), row.string(2), row.optional_integer(3),
                        row.string(4),  row.string(5),  row.string(6), row.string(7)};
      },
      [](const AuditRow& last) {
        return Cursor{last.time_us, last.id};
      });
}

base::Result<User> add_user(Connection& connection, std::int64_t workspace, std::string_view name, Role role,
                            const Author& author, base::Micros now) {
  if (!is_door_name(name)) return bad_name();
  if (role == Role::kOwner && !author.changes_owners) return owners_only();
  if (find_user(connection, workspace, name)) {
    return error(Errc::kConflict, "there is a user " + in_quotes(name) + " already");
  }
  connection.run("INSERT INTO users (workspace, name, role, created_us) VALUES (?, ?, ?, ?)", workspace, name,
                 role_word(role), now);
  write_done(connection, workspace, author, now, "user.add", "user " + std::string(name),
             "as " + std::string(role_word(role)));
  return find_user(connection, workspace, name);
}

base::Result<User> change_user(Connection& connection, std::int64_t workspace, std::string_view name,
                               const UserChange& change, const Author& author, base::Micros now) {
  auto user = find_changeable(connection, workspace, name, author);
  if (!user) return user;
  if (change.role == Role::kOwner && !author.changes_owners) return owners_only();
  const bool was_owner = user->role == Role::kOwner && !user->disabled_us;
  const bool is_owner = change.role.value_or(user->role) == Role::kOwner &&
                        !change.disabled.value_or(user->disabled_us.has_value());
  if (was_owner && !is_owner && !has_another_owner(connection, workspace, user->id)) {
    return error(Errc::kConflict,
                 in_quotes(name) + " is the last owner of the workspace; make another one first");
  }
  const std::string subject = "user " + user->name;
  if (change.role && *change.role != user->role) {
    connection.run("UPDATE users SET role = ? WHERE id = ?", role_word(*change.role), user->id);
    write_done(connection, workspace, author, now, "user.role", subject,
               "now " + std::string(role_word(*change.role)));
  }
  if (change.disabled && *change.disabled != user->disabled_us.has_value()) {
    std::optional<base::Micros> since;
    if (*change.disabled) since = now;
    connection.run("UPDATE users SET disabled_us = ? WHERE id = ?", since, user->id);
    write_done(connection, workspace, author, now, *change.disabled ? "user.disable" : "user.enable", subject,
               "");
  }
  return find_user(connection, workspace, name);
}

base::Result<Token> create_token(Connection& connection, std::int64_t workspace, const NewToken& made,
                                 const Author& author, base::Micros now) {
  if (!is_door_name(made.name)) return bad_name();
  const auto user = find_changeable(connection, workspace, made.user, author);
  if (!user) return user.error();
  auto token = insert_token(connection, workspace, *user, made, now);
  if (token) {
    write_done(connection, workspace, author, now, "token.create", subject_of(*token), in_words(made));
  }
  return token;
}

base::Result<Token> rotate_token(Connection& connection, std::int64_t workspace, std::int64_t id,
                                 std::string_view hash, base::Micros grace, const Author& author,
                                 base::Micros now) {
  auto old = find_token(connection, workspace, id);
  if (!old) return old;
  const auto user = find_changeable(connection, workspace, old->user, author);
  if (!user) return user.error();
  if (old->revoked_us || old->replaced_by) {
    return error(Errc::kConflict, "token " + std::to_string(id) + " was revoked or replaced already");
  }
  NewToken made{old->user, old->name, old->scopes, std::nullopt, std::string(hash)};
  if (old->expires_us) made.lifetime_us = *old->expires_us - old->created_us;
  auto token = insert_token(connection, workspace, *user, made, now);
  if (!token) return token;
  if (grace == 0) {
    connection.run("UPDATE tokens SET replaced_by = ?, revoked_us = ? WHERE id = ?", token->id, now, id);
  } else {
    connection.run(
        "UPDATE tokens SET replaced_by = ?, expires_us = min(coalesce(expires_us, ?), ?) WHERE id = ?",
        token->id, now + grace, now + grace, id);
  }
  write_done(connection, workspace, author, now, "token.rotate", subject_of(*old),
             "replaced by " + subject_of(*token) + "; good for " +
                 std::to_string(grace / base::kMicrosPerSecond) + " s more");
  return token;
}

base::Result<Token> revoke_token(Connection& connection, std::int64_t workspace, std::int64_t id,
                                 const Author& author, base::Micros now) {
  auto token = find_token(connection, workspace, id);
  if (!token) return token;
  const auto user = find_changeable(connection, workspace, token->user, author);
  if (!user) return user.error();
  if (!token->revoked_us) {
    connection.run("UPDATE tokens SET revoked_us = ? WHERE id = ?", now, id);
    write_done(connection, workspace, author, now, "token.revoke", subject_of(*token),
               "\"" + token->name + "\" of " + token->user);
  }
  return find_token(connection, workspace, id);
}

void note_uses(Connection& connection, std::span<const TokenUse> uses) {
  for (const TokenUse& use : uses) {
    connection.run("UPDATE tokens SET last_used_us = max(coalesce(last_used_us, 0), ?) WHERE id = ?",
                   use.used_us, use.token);
  }
}

}  // namespace pilothouse::store::sqlite
