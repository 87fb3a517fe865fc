#include "sender.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <stdexcept>

#include "measure.h"

namespace pilothouse::bench {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kTimeout(120);

net::HubAddress parse(const std::string& address) {
  auto parsed = net::HubAddress::parse(address);
  if (!parsed) throw std::runtime_error(parsed.error().message);
  return *parsed;
}

void rethrow(const std::exception_ptr& failed) {
  if (failed) std::rethrow_exception(failed);
}

// Writes headers and body from where they are: what a client costs here is taken from the server's share.
asio::awaitable<void> send_one(const Hub& hub, const Upload& upload, std::chrono::microseconds delay,
                               std::chrono::microseconds pause, std::vector<double>& seconds) {
  const auto executor = co_await asio::this_coro::executor;
  const net::HubAddress address = parse(hub.address);
  asio::ip::tcp::resolver resolver(executor);
  asio::ip::tcp::socket socket(executor);
  co_await asio::async_connect(
      socket, co_await resolver.async_resolve(address.host, address.port, asio::use_awaitable),
      asio::use_awaitable);
  socket.set_option(asio::ip::tcp::no_delay(true));
  boost::beast::flat_buffer buffer;
  asio::steady_timer timer(executor, delay);
  co_await timer.async_wait(asio::use_awaitable);
  for (const Body& body : upload.bodies) {
    const std::string head = "POST " + upload.path + "?last=" + std::to_string(body.last) +
                             " HTTP/1.1\r\nHost: " + address.host + "\r\nAuthorization: Bearer " + hub.token +
                             "\r\nContent-Type: application/vnd.pilothouse.tape\r\nContent-Length: " +
                             std::to_string(body.chunks.size()) + "\r\n\r\n";
    const double began = wall_now();
    const std::array pieces{asio::buffer(head), asio::buffer(body.chunks)};
    co_await asio::async_write(socket, pieces, asio::use_awaitable);
    boost::beast::http::response<boost::beast::http::string_body> answer;
    co_await boost::beast::http::async_read(socket, buffer, answer, asio::use_awaitable);
    seconds.push_back(wall_now() - began);
    if (answer.result_int() != 200) throw std::runtime_error(answer.body());
    if (pause.count() > 0) {
      timer.expires_after(pause);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }
}

}  // namespace

std::string upload_path(const std::string& session) { return "/api/v1/sessions/" + session + "/chunks"; }

std::vector<double> send(const Hub& hub, const std::vector<Upload>& uploads,
                         std::chrono::microseconds pause) {
  asio::io_context loop;
  std::vector<double> seconds;
  for (std::size_t i = 0; i < uploads.size(); ++i) {
    const auto delay = pause * i / uploads.size();
    asio::co_spawn(loop, send_one(hub, uploads[i], delay, pause, seconds), rethrow);
  }
  loop.run();
  return seconds;
}

Questions::Questions(const Hub& hub)
    : client_(loop_.get_executor(), net::HubAccess::make(parse(hub.address), hub.token, "").value()) {}

std::string Questions::get(const std::string& target) {
  std::string body;
  asio::co_spawn(
      loop_,
      [&]() -> asio::awaitable<void> {
        auto answer = co_await client_.request(boost::beast::http::verb::get, target, {}, {}, kTimeout);
        if (!answer) throw std::runtime_error(answer.error().message);
        if (answer->status != 200) throw std::runtime_error(answer->body);
        body = std::move(answer->body);
      },
      rethrow);
  loop_.restart();
  loop_.run();
  return body;
}

}  // namespace pilothouse::bench
