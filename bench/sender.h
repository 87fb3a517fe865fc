#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "net/http_client.h"

namespace pilothouse::bench {

struct Hub {
  std::string address, token;
};

// One request's.
struct Body {
  std::string chunks;
  std::uint64_t last = 0;  // sequence
};

// What one recorder sends, a request for each body.
struct Upload {
  std::string path;
  std::vector<Body> bodies;
};

std::string upload_path(const std::string& session);

// Sends all uploads at the same time, each on a connection of its own, which waits for every answer and then
// for `pause`; they begin evenly within one pause. The seconds from each request to its answer. Throws unless
// every answer is 200.
std::vector<double> send(const Hub& hub, const std::vector<Upload>& uploads,
                         std::chrono::microseconds pause = {});

// One connection that asks one question after the other.
class Questions {
 public:
  explicit Questions(const Hub& hub);
  // The answer's body; throws unless it is 200.
  std::string get(const std::string& target);

 private:
  boost::asio::io_context loop_;
  net::HttpClient client_;
};

}  // namespace pilothouse::bench
