#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "hub/backend.h"
#include "hub/changes.h"
#include "net/stream.h"

namespace pilothouse::hub {

// The answer to a request for changes, as server-sent events, for as long as the client stays, the token is
// good and the hub runs. On the network thread.
class EventStream {
 public:
  EventStream(net::Stream& stream, Backend& backend, std::string token_hash,
              std::optional<base::Micros> token_expires, std::unique_ptr<Changes::Listener> listener)
      : stream_(stream),
        backend_(backend),
        token_hash_(std::move(token_hash)),
        token_expires_(token_expires),
        listener_(std::move(listener)) {}

  // The connection is good for nothing after it. `chunked`: the client speaks HTTP/1.1.
  boost::asio::awaitable<void> run(bool chunked);

  // Has run() say farewell and end soon, whatever the client does.
  void stop();

 private:
  using Steady = std::chrono::steady_clock;

  boost::asio::awaitable<void> send_events();
  boost::asio::awaitable<void> watch_client();
  boost::asio::awaitable<bool> token_is_good();
  boost::asio::awaitable<void> send_event(std::string_view event, std::string data);
  boost::asio::awaitable<void> send_text(std::string text);
  boost::asio::awaitable<void> send(std::string bytes);
  Steady::time_point next_look() const;

  net::Stream& stream_;
  Backend& backend_;
  const std::string token_hash_;
  std::optional<base::Micros> token_expires_;
  const std::unique_ptr<Changes::Listener> listener_;
  bool chunked_ = true;
  bool gone_ = false;  // the client, or its connection
  bool watching_ = false;
  bool sending_ = false;
  bool stopping_ = false;
};

}  // namespace pilothouse::hub
