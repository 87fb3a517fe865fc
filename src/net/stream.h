#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "net/tls.h"

namespace pilothouse::net {

// The bytes of one connection, plain or through TLS: what Asio calls an AsyncStream, for Beast to read and
// write. One reader and one writer at a time, on the executor's thread. Operations fail with
// beast::error::timeout at the deadline, which stays until it is set anew.
class Stream {
 public:
  using executor_type = boost::beast::tcp_stream::executor_type;
  using Steady = std::chrono::steady_clock;

  // A `context` of nullptr: plain.
  Stream(boost::beast::tcp_stream tcp, TlsContext context);

  executor_type get_executor() { return tcp().get_executor(); }
  boost::asio::ip::tcp::socket& socket() { return tcp().socket(); }
  bool is_tls() const { return tls_ != nullptr; }
  SSL* tls_handle() { return tls_->native_handle(); }

  void expires_at(Steady::time_point deadline) { tcp().expires_at(deadline); }
  void expires_after(Steady::duration time) { tcp().expires_after(time); }
  void cancel() { tcp().cancel(); }
  void close() { tcp().close(); }

  // Of TLS only.
  boost::asio::awaitable<boost::system::error_code> handshake(
      boost::asio::ssl::stream_base::handshake_type type);

  // Says that nothing more comes, by TLS as well; what the peer still sends can be had from tcp(). Waits at
  // most `patience` for the peer's own farewell.
  boost::asio::awaitable<void> end_sending(Steady::duration patience);

  // The layer below, for answers to those who do not speak TLS.
  boost::beast::tcp_stream& tcp() { return tls_ ? tls_->next_layer() : *plain_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& to) {
          if (tls_) {
            tls_->async_read_some(to, std::move(handler));
          } else {
            plain_->async_read_some(to, std::move(handler));
          }
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          if (tls_) {
            tls_->async_write_some(from, std::move(handler));
          } else {
            plain_->async_write_some(from, std::move(handler));
          }
        },
        token, buffers);
  }

 private:
  using Tls = boost::beast::ssl_stream<boost::beast::tcp_stream>;

  TlsContext context_;
  std::unique_ptr<boost::beast::tcp_stream> plain_;  // this
  std::unique_ptr<Tls> tls_;                         // or this
};

}  // namespace pilothouse::net
