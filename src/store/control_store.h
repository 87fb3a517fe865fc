#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "store/retention.h"

namespace pilothouse::store {

struct Workspace {
  std::int64_t id = 0;
  std::string name;
  base::Micros created_us = 0;
};

struct WorkspaceState {
  Workspace workspace;
  Retention retention;
  StoredBytes bytes;
};

// Who may do what, and what is wanted of each cluster: small and transactional. Each object belongs to one
// thread at a time. Every call is one transaction; kStorage when the database refuses.
class ControlStore {
 public:
  virtual ~ControlStore() = default;

  // With its owner token, given as hash_token() gives it. kConflict when the name is taken, kInvalidArgument
  // when it is not 1 to 64 letters, digits, '.', '_' and '-'.
  virtual base::Result<Workspace> create_workspace(std::string_view name, std::string_view token_hash,
                                                   base::Micros now) = 0;

  // By name.
  virtual base::Result<std::vector<WorkspaceState>> workspaces() = 0;

  // What a workspace keeps from now on. kNotFound when there is none of that name.
  virtual base::Result<void> change_retention(std::string_view workspace, const RetentionChange& change) = 0;

  // The workspace a token opens; kUnauthorized when it opens none.
  virtual base::Result<Workspace> authorize(std::string_view token_hash) = 0;

  // Asks for a state ("stopped") of a cluster; asking again changes nothing. kNotFound when the workspace has
  // no such cluster.
  virtual base::Result<void> request_state(std::int64_t workspace, std::int64_t cluster,
                                           std::string_view state, base::Micros now) = 0;
};

}  // namespace pilothouse::store
