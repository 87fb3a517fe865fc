#include "net/http_client.h"

#include <algorithm>
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
#include <charconv>
#include <optional>

namespace pilothouse::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using base::Errc;
using base::error;
using boost::system::error_code;

constexpr std::uint64_t kMaxResponse = 64U << 20;
constexpr std::size_t kReadBuffer = 64U << 10;

bool is_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ':';
  });
}

bool is_port(std::string_view port) {
  unsigned value = 0;
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), value);
  return failed == std::errc() && end == port.data() + port.size() && value > 0 && value < 65536;
}

}  // namespace

base::Result<HubAddress> HubAddress::parse(std::string_view url) {
  const auto refuse = [&](std::string_view why) {
    return error(Errc::kInvalidArgument, "the hub address \"" + std::string(url) + "\" " + std::string(why) +
                                             "; it looks like http://127.0.0.1:8790");
  };
  constexpr std::string_view kScheme = "http://";
  if (url.starts_with("https://")) return refuse("uses https, which this version does not speak");
  if (!url.starts_with(kScheme)) return refuse("does not start with http://");

  std::string_view rest = url.substr(kScheme.size());
  HubAddress address;
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    std::string_view prefix = rest.substr(slash);
    while (prefix.ends_with('/')) prefix.remove_suffix(1);
    const bool plain = std::all_of(prefix.begin(), prefix.end(), [](unsigned char c) {
      return c > 0x20 && c < 0x7f && c != '?' && c != '#';
    });
    if (!plain) return refuse("has a query, a fragment or unprintable characters");
    address.prefix = prefix;
    rest = rest.substr(0, slash);
  }

  address.port = "80";
  if (rest.starts_with('[')) {
    const auto bracket = rest.find(']');
    if (bracket == std::string_view::npos) return refuse("has an open bracket");
    address.host = rest.substr(1, bracket - 1);
    rest = rest.substr(bracket + 1);
    if (!rest.empty() && rest.front() != ':') return refuse("has something between host and port");
    if (!rest.empty()) address.port = rest.substr(1);
  } else {
    const auto colon = rest.find(':');
    address.host = rest.substr(0, colon);
    if (colon != std::string_view::npos) address.port = rest.substr(colon + 1);
  }
  if (!is_host(address.host)) return refuse("has no valid host");
  if (!is_port(address.port)) return refuse("has no valid port");
  return address;
}

std::string HubAddress::to_string() const {
  const bool v6 = host.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + host + "]" : host) + ":" + port + prefix;
}

struct HttpClient::Impl {
  asio::any_io_executor executor;
  HubAddress address;
  std::string token;
  std::optional<beast::tcp_stream> stream;
  beast::flat_buffer buffer;

  asio::awaitable<error_code> connect(std::chrono::steady_clock::time_point deadline) {
    error_code failed;
    const auto resolver =
        std::make_shared<tcp::resolver>(executor);  // the timer's handler may outlive this frame
    asio::steady_timer timer(executor, deadline);
    timer.async_wait([resolver](error_code cancelled) {
      if (!cancelled) resolver->cancel();
    });
    const auto endpoints = co_await resolver->async_resolve(
        address.host, address.port, asio::redirect_error(asio::use_awaitable, failed));
    timer.cancel();
    if (failed) co_return failed;

    stream.emplace(executor);
    buffer.clear();
    stream->expires_at(deadline);
    co_await stream->async_connect(endpoints, asio::redirect_error(asio::use_awaitable, failed));
    if (!failed) stream->socket().set_option(tcp::no_delay(true), failed);
    if (failed) stream.reset();
    co_return failed;
  }

  asio::awaitable<error_code> exchange(const http::request<http::string_body>& request,
                                       http::response_parser<http::string_body>& parser,
                                       std::chrono::steady_clock::time_point deadline) {
    error_code failed;
    stream->expires_at(deadline);
    co_await http::async_write(*stream, request, asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return failed;
    co_await http::async_read(*stream, buffer, parser, asio::redirect_error(asio::use_awaitable, failed));
    co_return failed;
  }
};

HttpClient::HttpClient(asio::any_io_executor executor, HubAddress address, std::string token)
    : impl_(std::make_unique<Impl>()) {
  impl_->executor = std::move(executor);
  impl_->address = std::move(address);
  impl_->token = std::move(token);
  impl_->buffer.reserve(kReadBuffer);
}

HttpClient::~HttpClient() = default;

void HttpClient::close() { impl_->stream.reset(); }

asio::awaitable<base::Result<Response>> HttpClient::request(http::verb method, std::string target,
                                                            std::string body, std::string content_type,
                                                            std::chrono::milliseconds timeout) {
  Impl& self = *impl_;
  const auto deadline = std::chrono::steady_clock::now() + timeout;

  http::request<http::string_body> request(method, self.address.prefix + target, 11);
  request.set(http::field::host, self.address.host + ":" + self.address.port);
  request.set(http::field::user_agent, "pilothouse/" PILOTHOUSE_VERSION);
  request.set(http::field::accept, "application/json");
  if (!self.token.empty()) request.set(http::field::authorization, "Bearer " + self.token);
  if (!content_type.empty()) request.set(http::field::content_type, content_type);
  request.body() = std::move(body);
  request.prepare_payload();

  error_code failed;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const bool reused = self.stream.has_value();
    if (!reused) {
      failed = co_await self.connect(deadline);
      if (failed) break;
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

  const Errc code = failed == beast::error::timeout ? Errc::kTimeout : Errc::kUnavailable;
  co_return error(code, "no answer from the hub at " + self.address.to_string() + ": " + failed.message());
}

base::Result<Response> request_blocking(const HubAddress& address, const std::string& token,
                                        http::verb method, std::string target, std::string body,
                                        std::string content_type, std::chrono::milliseconds timeout) {
  asio::io_context loop;
  base::Result<Response> result = error(Errc::kInternal, "the request never ran");
  if (body.empty()) content_type.clear();
  asio::co_spawn(
      loop,
      [&]() -> asio::awaitable<void> {
        HttpClient client(loop.get_executor(), address, token);
        result = co_await client.request(method, std::move(target), std::move(body), std::move(content_type),
                                         timeout);
      },
      asio::detached);
  loop.run();
  return result;
}

}  // namespace pilothouse::net
