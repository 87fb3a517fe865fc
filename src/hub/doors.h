#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "hub/api/routes.h"
#include "hub/rate_limit.h"
#include "store/control_store.h"

namespace pilothouse::hub {

// Requests a second; 0: no limit. Twice as many at once.
struct DoorLimits {
  unsigned per_token = 1000;
  unsigned without_token = 50;  // for each address, of requests with no or a wrong token
};

// What the doors remember for a while, and the store for ever.
struct DoorNotes {
  std::vector<store::TokenUse> uses;
  std::vector<std::pair<std::int64_t, store::AuditRow>> refusals;  // with their workspaces

  bool empty() const { return uses.empty() && refusals.empty(); }
};

// One transaction for all uses, one for each row.
base::Result<void> write_notes(store::ControlStore& control, const DoorNotes& notes);

// How often who may come in, and who came. The network thread's.
class Doors {
 public:
  explicit Doors(const DoorLimits& limits);

  // A 429 for a token that is known and has asked too often: the store need not even look at it.
  std::optional<Response> too_often(std::string_view token_hash) const;

  // For a token that the store found to be valid: notes its use. A 429 when it has asked too often.
  std::optional<Response> enter(std::string_view token_hash, std::int64_t token, base::Micros now);

  // The answer to a request with no or a wrong token: `refusal`, or a 429. `peer`: of peer_key().
  Response turn_away(std::uint64_t peer, Response refusal);

  // The audit row of an answer that refuses what a route would have done; nothing where the answer is no
  // refusal, the route leaves no rows, or the token was refused so often that the rest is only counted.
  std::optional<store::AuditRow> refused(const store::Caller& caller, const Target& target,
                                         const Response& answer, base::Micros now);

  // What came together since the last time.
  DoorNotes take_notes(base::Micros now);

 private:
  struct Uncounted {
    std::int64_t workspace = 0;
    std::string actor;
    std::int64_t count = 0;
  };

  RateLimit tokens_;
  RateLimit peers_;
  RateLimit refusals_;                                   // audit rows of refusals, by token
  std::unordered_map<std::int64_t, base::Micros> uses_;  // of valid tokens, so there is an end to them
  std::map<std::int64_t, Uncounted> more_refusals_;      // by token
};

// An address as a key. One of IPv6 counts with its whole /64, which is what one subscriber has.
std::uint64_t peer_key(const boost::asio::ip::address& address);

// The 403 for a token without any of the scopes that open a route.
Response scope_refusal(store::Scopes needed);

}  // namespace pilothouse::hub
