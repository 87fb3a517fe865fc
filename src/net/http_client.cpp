#include "net/http_client.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "net/stream.h"

namespace pilothouse::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using base::Errc;
using base::error;
using boost::system::error_code;

using Steady = std::chrono::steady_clock;

constexpr std::uint64_t kMaxResponse = 64U << 20;
constexpr std::size_t kReadBuffer = 64U << 10;

}  // namespace

base::Result<HubAccess> HubAccess::make(HubAddress address, std::string token, std::string_view ca_pem) {
  HubAccess hub{std::move(address), std::move(token), nullptr};
  if (!hub.address.tls) return hub;
  auto tls = client_tls(ca_pem);
  if (!tls) return tls.error();
  hub.tls = std::move(*tls);
  return hub;
}

struct HttpClient::Impl {
  asio::any_io_executor executor;
  HubAccess hub;
  std::optional<Stream> stream;
  beast::flat_buffer buffer;

  base::Error no_answer(const error_code& failed) const {
    const Errc code = failed == beast::error::timeout ? Errc::kTimeout : Errc::kUnavailable;
    return error(code, "no answer from the hub at " + hub.address.to_string() + ": " + failed.message());
  }

  asio::awaitable<base::Result<void>> connect(Steady::time_point deadline) {
    error_code failed;
    const auto resolver =
        std::make_shared<tcp::resolver>(executor);  // the timer's handler may outlive this frame
    asio::steady_timer timer(executor, deadline);
    timer.async_wait([resolver](error_code cancelled) {
      if (!cancelled) resolver->cancel();
    });
    const auto endpoints = co_await resolver->async_resolve(
        hub.address.host, hub.address.port, asio::redirect_error(asio::use_awaitable, failed));
    timer.cancel();
    if (failed) co_return no_answer(failed);

    buffer.clear();
    beast::tcp_stream connection(executor);
    connection.expires_at(deadline);
    co_await connection.async_connect(endpoints, asio::redirect_error(asio::use_awaitable, failed));
    if (!failed) connection.socket().set_option(tcp::no_delay(true), failed);
    if (failed) co_return no_answer(failed);

    stream.emplace(std::move(connection), hub.address.tls ? hub.tls : nullptr);
    if (!hub.address.tls) co_return base::Result<void>();
    auto greeted = co_await greet(deadline);
    if (!greeted) stream.reset();
    co_return greeted;
  }

  asio::awaitable<base::Result<void>> greet(Steady::time_point deadline) {
    PeerCheck peer;
    if (auto expected = peer.expect(stream->tls_handle(), hub.address.host); !expected) co_return expected;
    stream->expires_at(deadline);
    const error_code failed = co_await stream->handshake(asio::ssl::stream_base::client);
    if (failed == beast::error::timeout) co_return no_answer(failed);
    if (failed) co_return error(Errc::kUnavailable, peer.explain(failed, hub.address.to_string()));
    co_return base::Result<void>();
  }

  asio::awaitable<error_code> exchange(const http::request<http::string_body>& request,
                                       http::response_parser<http::string_body>& parser,
                                       Steady::time_point deadline) {
    error_code failed;
    stream->expires_at(deadline);
    co_await http::async_write(*stream, request, asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return failed;
    co_await http::async_read(*stream, buffer, parser, asio::redirect_error(asio::use_awaitable, failed));
    co_return failed;
  }
};

HttpClient::HttpClient(asio::any_io_executor executor, HubAccess hub) : impl_(std::make_unique<Impl>()) {
  impl_->executor = std::move(executor);
  impl_->hub = std::move(hub);
  impl_->buffer.reserve(kReadBuffer);
}

HttpClient::~HttpClient() = default;

void HttpClient::close() { impl_->stream.reset(); }

asio::awaitable<base::Result<Response>> HttpClient::request(http::verb method, std::string target,
                                                            std::string body, std::string content_type,
                                                            std::chrono::milliseconds timeout) {
  Impl& self = *impl_;
  const auto deadline = Steady::now() + timeout;

  http::request<http::string_body> request(method, self.hub.address.prefix + target, 11);
  request.set(http::field::host, self.hub.address.authority());
  request.set(http::field::user_agent, "pilothouse/" PILOTHOUSE_VERSION);
  request.set(http::field::accept, "application/json");
  if (!self.hub.token.empty()) request.set(http::field::authorization, "Bearer " + self.hub.token);
  if (!content_type.empty()) request.set(http::field::content_type, content_type);
  request.body() = std::move(body);
  request.prepare_payload();

  error_code failed;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const bool reused = self.stream.has_value();
    if (!reused) {
      if (const auto connected = co_await self.connect(deadline); !connected) co_return connected.error();
    }

    http::response_parser<http::string_body> parser;
    parser.body_limit(kMaxResponse);
    failed = co_await self.exchange(request, parser, deadline);
    if (!failed) {
      if (!parser.get().keep_alive()) self.stream.reset();
      co_return Response{parser.get().result_int(), std::move(parser.get().body())};
    }

    self.stream.reset();
    if (failed == http::error::body_limit) {
      co_return error(Errc::kTooLarge, "the hub's answer is over 64 MiB");
    }
    if (!reused || failed == beast::error::timeout) break;
  }

  co_return self.no_answer(failed);
}

base::Result<Response> request_blocking(const HubAccess& hub, http::verb method, std::string target,
                                        std::string body, std::string content_type,
                                        std::chrono::milliseconds timeout) {
  asio::io_context loop;
  base::Result<Response> result = error(Errc::kInternal, "the request never ran");
  if (body.empty()) content_type.clear();
  asio::co_spawn(
      loop,
      [&]() -> asio::awaitable<void> {
        HttpClient client(loop.get_executor(), hub);
        result = co_await client.request(method, std::move(target), std::move(body), std::move(content_type),
                                         timeout);
      },
      asio::detached);
  loop.run();
  return result;
}

}  // namespace pilothouse::net
