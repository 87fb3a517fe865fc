#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace pilothouse::hub {

// Wakes one coroutine that waits. Everything on the network thread.
class Bell {
 public:
  void ring() {
    rung_ = true;
    if (sleeper_ != nullptr) sleeper_->cancel();
  }

  // Until somebody rings, or has rung since the last wait, but no longer than that.
  boost::asio::awaitable<void> wait(std::chrono::steady_clock::duration longest) {
    if (!rung_) {
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, longest);
      sleeper_ = &timer;
      boost::system::error_code cancelled;
      co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
      sleeper_ = nullptr;
    }
    rung_ = false;
  }

 private:
  bool rung_ = false;
  boost::asio::steady_timer* sleeper_ = nullptr;
};

}  // namespace pilothouse::hub
