#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "hub/backend.h"
#include "hub/server.h"

namespace pilothouse::hub {

// One client's connection, on the network thread.
class Connection {
 public:
  Connection(boost::asio::ip::tcp::socket socket, Backend& backend, const Options& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Answers one request after the other until the client leaves, breaks the protocol or is idle for too long.
  // A client that sends several at once is answered in their order. The connection outlives the coroutine.
  boost::asio::awaitable<void> run();

  // A request that runs is finished; then, or now when none does, the connection is closed.
  void stop();

  // At once.
  void abort();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pilothouse::hub
