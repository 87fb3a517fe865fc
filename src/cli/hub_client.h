#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "cli/settings.h"
#include "net/http_client.h"

namespace pilothouse::cli {

// Parameters of a request, in order; empty values are left out.
using Query = std::vector<std::pair<std::string, std::string>>;

// Asks a hub, one request at a time, from the main thread.
class HubClient {
 public:
  static base::Result<HubClient> open(const HubSettings& settings);

  // `path` starts behind /api/v1. A refusal of the hub is an error with the hub's own words.
  base::Result<boost::json::object> get(std::string_view path, const Query& query = {}) const;
  base::Result<boost::json::object> post(std::string_view path, const boost::json::value& body) const;

  // For what is no JSON: the answer's body, kTooLarge when it is over `most` bytes; and a body that is sent.
  base::Result<std::string> get_bytes(std::string_view path, std::size_t most, const Query& query = {}) const;
  base::Result<boost::json::object> post_bytes(std::string_view path, std::string bytes,
                                               std::string media_type, const Query& query = {}) const;

  // Chunks of one session; `last` is the last one's sequence.
  base::Result<boost::json::object> upload(std::string_view session, std::string chunks,
                                           std::uint64_t last) const;

  // Follows the cursors of a listing until there is nothing more, `limit` items were seen, or `take` returns
  // false. The result says whether the hub has more.
  using TakePage = std::function<bool(const boost::json::array& items)>;
  base::Result<bool> each_page(std::string_view path, Query query, std::optional<std::size_t> limit,
                               const TakePage& take) const;

  // CLUSTER on the command line: the hub's number, or the scheduler's id.
  base::Result<std::int64_t> cluster_id(const std::string& text) const;

  std::string address() const { return hub_.address.to_string(); }
  const std::optional<std::string>& workspace() const { return workspace_; }

 private:
  HubClient(net::HubAccess hub, std::optional<std::string> workspace)
      : hub_(std::move(hub)), workspace_(std::move(workspace)) {}

  base::Result<boost::json::object> read(const base::Result<net::Response>& response) const;

  net::HubAccess hub_;
  std::optional<std::string> workspace_;
};

}  // namespace pilothouse::cli
