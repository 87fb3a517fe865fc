#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "store/doors.h"
#include "store/record_store.h"
#include "store/retention.h"

namespace pilothouse::store {

struct WorkspaceState {
  Workspace workspace;
  Retention retention;
  StoredBytes bytes;
};

struct NewWorkspace {
  std::string_view name;
  std::string_view token_hash;  // of its owner's first token, which has all scopes; as hash_token() gives it
  std::string_view owner = "owner";
};

// Who may do what, and what is wanted of each cluster: small and transactional. Each object belongs to one
// thread at a time. Every call is one transaction; kStorage when the database refuses. Whatever is changed
// for an author leaves a row in the audit log, in the same transaction. `now` is wall time.
class ControlStore {
 public:
  virtual ~ControlStore() = default;

  // kConflict when the name is taken, kInvalidArgument when it is not 1 to 64 letters, digits, '.', '_' and
  // '-', or the owner's is no door name.
  virtual base::Result<Workspace> create_workspace(const NewWorkspace& made, const Author& author,
                                                   base::Micros now) = 0;

  // By name.
  virtual base::Result<std::vector<WorkspaceState>> workspaces() = 0;

  // What a workspace keeps from now on. kNotFound when there is none of that name.
  virtual base::Result<void> change_retention(std::string_view workspace, const RetentionChange& change,
                                              const Author& author, base::Micros now) = 0;

  // Who the holder of a token is. kUnauthorized in the same words when there is no such token, it was revoked
  // or its user is disabled; in other words when it has expired.
  virtual base::Result<Caller> authorize(std::string_view token_hash, base::Micros now) = 0;

  // Asks for a state ("stopped") of a cluster; asking again, or when it is over, changes nothing. kNotFound
  // when the workspace has no such cluster, kForbidden when the caller may not stop it.
  virtual base::Result<void> request_state(const Caller& caller, std::int64_t cluster, std::string_view state,
                                           base::Micros now) = 0;

  // Newest first. Of the query count workspace, limit and cursor; of tokens also user.
  virtual base::Result<Page<User>> users(const Query& query) = 0;
  virtual base::Result<Page<Token>> tokens(const Query& query) = 0;

  // Errors of all that follows: kNotFound when the workspace has no such user or token; kForbidden when it is
  // about an owner, or would make one, and the author does not change owners; kInvalidArgument for a name
  // that is no door name.

  // kConflict when the name is taken.
  virtual base::Result<User> add_user(std::int64_t workspace, std::string_view name, Role role,
                                      const Author& author, base::Micros now) = 0;
  // kConflict when no owner would be left who is not disabled. What is so already is left as it is.
  virtual base::Result<User> change_user(std::int64_t workspace, std::string_view name,
                                         const UserChange& change, const Author& author,
                                         base::Micros now) = 0;
  // kConflict when the user is disabled.
  virtual base::Result<Token> create_token(std::int64_t workspace, const NewToken& made, const Author& author,
                                           base::Micros now) = 0;
  // A new token like the old one, good for as long as that one was; the old one is good for `grace` more.
  // kConflict when the old one was revoked or replaced already, or the user is disabled.
  virtual base::Result<Token> rotate_token(std::int64_t workspace, std::int64_t token, std::string_view hash,
                                           base::Micros grace, const Author& author, base::Micros now) = 0;
  // At once, and for ever, whatever the clock is set to. Again, it changes nothing.
  virtual base::Result<Token> revoke_token(std::int64_t workspace, std::int64_t token, const Author& author,
                                           base::Micros now) = 0;

  // When tokens were used last; never goes back.
  virtual base::Result<void> note_uses(std::span<const TokenUse> uses) = 0;

  // Newest first. Of the query count workspace, since, until, text (in action, actor and subject), limit and
  // cursor.
  virtual base::Result<Page<AuditRow>> audit(const Query& query) = 0;
  // What changed nothing: a refusal. The row's id is not looked at.
  virtual base::Result<void> note_audit(std::int64_t workspace, const AuditRow& row) = 0;
};

}  // namespace pilothouse::store
