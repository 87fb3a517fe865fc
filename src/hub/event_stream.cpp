#include "hub/event_stream.h"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <exception>
#include <utility>

#include "base/session_id.h"
#include "hub/api/json_writer.h"
#include "hub/log.h"

namespace pilothouse::hub {
namespace {

namespace asio = boost::asio;
using asio::redirect_error;
using asio::use_awaitable;
using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto kBetweenMessages = 500ms;
constexpr auto kPingAfter = 15s;
constexpr auto kLookAtToken = 30s;
constexpr auto kWriteTimeout = 30s;
constexpr auto kFarewellTimeout = 1s;
// Of the kernel, for what a slow client has not taken.
constexpr int kSendBuffer = 16 << 10;
// Clients have nothing more to say.
constexpr std::size_t kMostHeard = 16U << 10;

constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\n"
    "Server: Pilothouse\r\n"
    "Content-Type: text/event-stream\r\n"
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Accel-Buffering: no\r\n"
    "Connection: close\r\n";

// Tells one process of a hub from the next.
const std::string& hub_id() {
  static const std::string kId = base::SessionId::random().to_string();
  return kId;
}

std::string as_chunk(const std::string& text) {
  std::array<char, 20> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
  return size.data() + text + "\r\n";
}

std::string hello() {
  JsonWriter out;
  out.begin_object();
  out.field("hub", hub_id());
  out.field("version", PILOTHOUSE_VERSION);
  out.end_object();
  return out.take();
}

std::string to_json(const Changes::News& news) {
  JsonWriter out;
  out.begin_object();
  if (news.all) {
    out.field("all", true);
  } else {
    out.key("clusters");
    out.begin_array();
    for (const std::int64_t cluster : news.clusters) out.value(cluster);
    out.end_array();
  }
  out.end_object();
  return out.take();
}

}  // namespace

asio::awaitable<void> EventStream::run(bool chunked) {
  chunked_ = chunked;
  error_code ignored;
  stream_.socket().set_option(asio::socket_base::send_buffer_size(kSendBuffer), ignored);
  watching_ = true;
  asio::co_spawn(stream_.get_executor(), watch_client(), [this](const std::exception_ptr&) {
    gone_ = true;
    watching_ = false;
    if (sending_) stream_.cancel();
    listener_->bell().ring();
  });
  try {
    co_await send_events();
  } catch (const std::exception& failure) {
    log_failure(failure.what());
  }
  // What watches has to be gone before this is.
  stream_.cancel();
  while (watching_) co_await listener_->bell().wait(1s);
}

void EventStream::stop() {
  stopping_ = true;
  listener_->bell().ring();
  if (sending_) stream_.cancel();
}

asio::awaitable<void> EventStream::send_events() {
  std::string head(kHead);
  head += chunked_ ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n";
  co_await send(std::move(head));
  co_await send_event("hello", hello());
  auto ping = Steady::now() + kPingAfter;
  auto quiet = Steady::now();
  auto look = next_look();
  while (!gone_ && !stopping_) {
    const auto now = Steady::now();
    const bool news = listener_->has_news();
    if (listener_->take_doubt() || now >= look) {
      if (!co_await token_is_good()) {
        co_await send_event("bye", R"({"reason":"token"})");
        break;
      }
      look = next_look();
    } else if (news && now >= quiet) {
      co_await send_event("changes", to_json(listener_->take_news()));
      quiet = Steady::now() + kBetweenMessages;
      ping = Steady::now() + kPingAfter;
    } else if (now >= ping) {
      co_await send_text(": ping\n\n");
      ping = Steady::now() + kPingAfter;
    } else {
      const auto until = std::min(look, ping);
      const auto wait = (news ? std::min(until, quiet) : until) - now;
      co_await listener_->bell().wait(wait);
    }
  }
  if (stopping_) co_await send_event("bye", R"({"reason":"stopping"})");
  if (chunked_) co_await send("0\r\n\r\n");
}

// Clients send nothing; what ends this is that they go.
asio::awaitable<void> EventStream::watch_client() {
  error_code failure;
  std::array<char, 256> forgotten{};
  std::size_t heard = 0;
  while (!failure && heard < kMostHeard) {
    stream_.tcp().expires_never();
    heard +=
        co_await stream_.async_read_some(asio::buffer(forgotten), redirect_error(use_awaitable, failure));
  }
}

// True also while the store cannot say.
asio::awaitable<bool> EventStream::token_is_good() {
  bool good = true;
  std::int64_t token = 0;
  const base::Micros now = base::wall_now();
  const Backend::Work work = [&](store::sqlite::SqliteStore& store) {
    const auto caller = store.authorize(token_hash_, now);
    if (caller) {
      good = caller->scopes.open(store::Scope::kRead);
      token = caller->token;
      token_expires_ = caller->expires_us;
    } else {
      good = caller.error().code != base::Errc::kUnauthorized;
    }
    return Response{};
  };
  co_await backend_.read(work);
  if (token != 0) backend_.doors().enter(token_hash_, token, now);
  co_return good;
}

EventStream::Steady::time_point EventStream::next_look() const {
  std::chrono::microseconds wait = kLookAtToken;
  if (token_expires_) {
    const std::chrono::microseconds left(std::max<base::Micros>(*token_expires_ - base::wall_now(), 0));
    wait = std::min(wait, left + std::chrono::microseconds(1ms));
  }
  return Steady::now() + wait;
}

asio::awaitable<void> EventStream::send_event(std::string_view event, std::string data) {
  co_await send_text("event: " + std::string(event) + "\ndata: " + std::move(data) + "\n\n");
}

asio::awaitable<void> EventStream::send_text(std::string text) {
  if (chunked_) text = as_chunk(text);
  co_await send(std::move(text));
}

asio::awaitable<void> EventStream::send(std::string bytes) {
  if (gone_) co_return;
  sending_ = true;
  error_code failure;
  if (stopping_) {
    stream_.expires_after(kFarewellTimeout);
  } else {
    stream_.expires_after(kWriteTimeout);
  }
  co_await asio::async_write(stream_, asio::buffer(bytes), redirect_error(use_awaitable, failure));
  sending_ = false;
  if (failure) gone_ = true;
}

}  // namespace pilothouse::hub
