#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <string>

#include "net/http_client.h"
#include "tape/spool.h"

namespace pilothouse::recorder {

// Brings the segments of one spool to a hub, oldest first. A segment is repeated until the hub has answered;
// the hub's mark makes the repetition harmless. Belongs to one thread, as the spool does.
class Delivery {
 public:
  enum class Outcome {
    kDelivered,  // the hub has what was sent, be it a heartbeat
    kAgain,      // not yet, but the next request may do at once
    kAway,       // no answer
    kRefused,    // an answer that more of the same will not change
  };

  Delivery(boost::asio::any_io_executor executor, tape::Spool& spool, const net::HubAccess& hub,
           std::chrono::milliseconds timeout);

  // One request, with about 4 MiB of segments; a heartbeat when there are none.
  boost::asio::awaitable<Outcome> send();

  const std::string& problem() const { return problem_; }  // the last one, a sentence; empty after an answer
  std::int64_t cluster() const { return cluster_; }        // the hub's id for it, 0 until known
  bool close_requested() const { return close_requested_; }
  // True once after a hub lacked what it had acknowledged: the cluster is to be described again.
  bool take_resync();

 private:
  base::Result<std::string> compose();
  Outcome accept(const net::Response& response);
  Outcome refuse(const net::Response& response);
  Outcome give_up_chunk(std::uint64_t sequence, const std::string& why);

  tape::Spool& spool_;
  std::string hub_;
  std::chrono::milliseconds timeout_;
  net::HttpClient client_;
  bool introduce_;  // the next request begins with the session's record
  bool resync_ = false;
  std::uint64_t last_sent_ = 0;
  std::string problem_;
  std::int64_t cluster_ = 0;
  bool close_requested_ = false;
};

}  // namespace pilothouse::recorder
