#include "net/stream.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace pilothouse::net {

namespace asio = boost::asio;
using asio::redirect_error;
using asio::use_awaitable;
using boost::system::error_code;

Stream::Stream(boost::beast::tcp_stream tcp, TlsContext context) : context_(std::move(context)) {
  if (context_) {
    tls_ = std::make_unique<Tls>(std::move(tcp), *context_);
  } else {
    plain_ = std::make_unique<boost::beast::tcp_stream>(std::move(tcp));
  }
}

asio::awaitable<error_code> Stream::handshake(asio::ssl::stream_base::handshake_type type) {
  error_code failure;
  co_await tls_->async_handshake(type, redirect_error(use_awaitable, failure));
  co_return failure;
}

asio::awaitable<void> Stream::end_sending(Steady::duration patience) {
  error_code ignored;
  if (tls_) {
    // The farewell leaves before the peer's is waited for.
    expires_after(patience);
    co_await tls_->async_shutdown(redirect_error(use_awaitable, ignored));
  }
  socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

}  // namespace pilothouse::net
