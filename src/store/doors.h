#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "store/scopes.h"

// Who may come in: users, their tokens, and what was done by whom.
namespace pilothouse::store {

struct Workspace {
  std::int64_t id = 0;
  std::string name;
  base::Micros created_us = 0;
};

// An owner may stop every cluster of his workspace and change other owners; a member stops the clusters that
// he recorded.
enum class Role : std::uint8_t { kMember, kOwner };

std::string_view role_word(Role role);
base::Result<Role> parse_role(std::string_view word);

// How long a token is to be good, like "90d": 1 s to 100 years.
base::Result<base::Micros> parse_lifetime(std::string_view text);

// How long one that is replaced goes on: up to a year.
base::Result<base::Micros> parse_grace(std::string_view text);

// Of users and tokens: 1 to 64 letters, digits, '.', '_' and '-', the first a letter or a digit.
bool is_door_name(std::string_view name);
inline constexpr std::string_view kDoorNameRule =
    "a name has 1 to 64 letters, digits, dots, underscores and hyphens, and begins with a letter or a digit";

// Who a valid token says that is asking.
struct Caller {
  Workspace workspace;
  std::int64_t token = 0;
  std::string token_name;
  std::int64_t user = 0;
  std::string user_name;
  Role role = Role::kMember;
  Scopes scopes;
  std::optional<base::Micros> expires_us;

  bool stops_everything() const { return role == Role::kOwner || scopes.has(Scope::kAdmin); }
};

// Whom a change is put down to in the audit log.
struct Author {
  std::string actor;                  // a user's name; "local:" and the machine's user on the command line
  std::optional<std::int64_t> token;  // none: the command line
  bool changes_owners = false;

  static Author of(const Caller& caller) {
    return {caller.user_name, caller.token, caller.role == Role::kOwner};
  }
};

struct User {
  std::int64_t id = 0;
  std::string name;
  Role role = Role::kMember;
  base::Micros created_us = 0;
  std::optional<base::Micros> disabled_us;
};

struct UserChange {
  std::optional<bool> disabled;
  std::optional<Role> role;
};

// All but the token itself, of which only the hash is stored.
struct Token {
  std::int64_t id = 0;
  std::string user;
  std::string name;
  Scopes scopes;
  base::Micros created_us = 0;
  std::optional<base::Micros> expires_us;
  std::optional<base::Micros> last_used_us;  // within about a minute
  std::optional<base::Micros> revoked_us;    // good for nothing since
  std::optional<std::int64_t> replaced_by;   // the token that was made to take its place
};

struct NewToken {
  std::string user;
  std::string name;
  Scopes scopes;
  std::optional<base::Micros> lifetime_us;  // none: for ever
  std::string hash;                         // as hash_token() gives it
};

// When a token was used last.
struct TokenUse {
  std::int64_t token = 0;
  base::Micros used_us = 0;
};

struct AuditRow {
  std::int64_t id = 0;
  base::Micros time_us = 0;
  std::string actor;
  std::optional<std::int64_t> token;
  std::string action;   // "token.create"
  std::string subject;  // "token 7", "user ada", "cluster 3"
  std::string outcome;  // "done", or the code of the refusal
  std::string detail;   // never a token
};

// Longer texts of a row are cut.
inline constexpr std::size_t kMaxAuditText = 512;

}  // namespace pilothouse::store
