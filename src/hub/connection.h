#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string_view>

#include "hub/backend.h"
#include "hub/server.h"
#include "net/tls.h"

namespace pilothouse::hub {

// One client's connection, on the network thread.
class Connection {
 public:
  // What a connection tells whoever keeps it.
  class Keeper {
   public:
    // A connection is replaceable from its beginning, and while it neither works nor speaks with somebody who
    // has shown a valid token: it may be aborted to make room for another.
    virtual void set_replaceable(bool replaceable) = 0;
    // A client that could not agree on TLS. `why` is for the log.
    virtual void refused_tls(std::string_view why) = 0;

   protected:
    ~Keeper() = default;
  };

  // `tls` of nullptr: plain HTTP. `keeper` outlives the connection.
  Connection(boost::asio::ip::tcp::socket socket, net::TlsContext tls, Backend& backend,
             const Options& options, Keeper& keeper);
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
