#include "recorder/core/delivery.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>
#include <vector>

#include "tape/chunk.h"

namespace pilothouse::recorder {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

constexpr std::size_t kRequestBytes = 4U << 20;  // about

// The answer's object; empty when it is none.
json::object object_in(const net::Response& response) {
  boost::system::error_code failed;
  const json::value answer = json::parse(response.body, failed);
  return !failed && answer.is_object() ? answer.get_object() : json::object();
}

}  // namespace

Delivery::Delivery(asio::any_io_executor executor, tape::Spool& spool, const net::HubAccess& hub,
                   std::chrono::milliseconds timeout)
    : spool_(spool),
      hub_(hub.address.to_string()),
      timeout_(timeout),
      client_(std::move(executor), hub),
      introduce_(spool.mark() == 0) {}

bool Delivery::take_resync() { return std::exchange(resync_, false); }

base::Result<std::string> Delivery::compose() {
  std::string segments;
  std::uint64_t first = 0;
  last_sent_ = 0;
  for (const tape::Spool::Segment& segment : spool_.segments()) {
    if (!segments.empty() && segments.size() + segment.length > kRequestBytes) break;
    auto bytes = spool_.read(segment);
    if (!bytes) return bytes;
    segments += *bytes;
    for (const tape::Spool::ChunkPlace& chunk : segment.chunks) {
      first = first == 0 ? chunk.sequence : std::min(first, chunk.sequence);
      last_sent_ = std::max(last_sent_, chunk.sequence);
    }
  }
  if (!introduce_) return segments;

  // A hub that does not know the session has no mark: any sequence below the first will do. Numbers begin at
  // 2, so there always is one.
  const std::uint64_t sequence = first > 0 ? first - 1 : std::max<std::uint64_t>(spool_.mark(), 1);
  last_sent_ = std::max(last_sent_, sequence);
  std::string body;
  const auto added = tape::append_chunk(body, tape::Kind::kSession, spool_.identity().session, sequence, 1,
                                        "[" + spool_.identity().session_json + "]");
  if (!added) return added.error();
  return body += segments;
}

asio::awaitable<Delivery::Outcome> Delivery::send() {
  auto body = compose();
  if (!body) {
    problem_ = body.error().message;
    co_return Outcome::kRefused;
  }
  spool_.pin(last_sent_);
  const auto response =
      co_await client_.request(boost::beast::http::verb::post,
                               "/api/v1/sessions/" + spool_.identity().session.to_string() +
                                   "/chunks?last=" + std::to_string(last_sent_),
                               std::move(*body), "application/vnd.pilothouse.tape", timeout_);
  spool_.pin(0);
  if (!response) {
    problem_ = response.error().message;
    co_return Outcome::kAway;
  }
  co_return response->status == 200 ? accept(*response) : refuse(*response);
}

Delivery::Outcome Delivery::accept(const net::Response& response) {
  const json::object answer = object_in(response);
  const json::value* mark = answer.if_contains("mark");
  const json::value* before = answer.if_contains("previous_mark");
  const json::value* cluster = answer.if_contains("cluster");
  const json::value* desired = answer.if_contains("desired_state");
  const bool marked = mark && mark->is_int64() && mark->get_int64() >= 0 && before && before->is_int64();
  if (!marked || !cluster || !cluster->is_int64() || !desired) {
    problem_ = "what answers at " + hub_ + " is not a Pilothouse hub";
    return Outcome::kRefused;
  }
  introduce_ = false;
  cluster_ = cluster->get_int64();
  if (desired->is_string() && desired->get_string() == "stopped") close_requested_ = true;

  const auto stored = static_cast<std::uint64_t>(mark->get_int64());
  // A hub that went back to a backup lacks what came after it.
  if (std::cmp_less(before->get_int64(), spool_.mark())) resync_ = true;
  if (last_sent_ > 0) {
    if (const auto freed = spool_.acknowledge(std::min(stored, last_sent_)); !freed) {
      problem_ = freed.error().message;
      return Outcome::kRefused;
    }
  }
  problem_.clear();
  return Outcome::kDelivered;
}

Delivery::Outcome Delivery::refuse(const net::Response& response) {
  const json::object answer = object_in(response);
  const json::value* inner = answer.if_contains("error");
  std::string message = "it answered HTTP " + std::to_string(response.status);
  std::uint64_t sequence = 0;
  if (inner && inner->is_object()) {
    if (const json::value* text = inner->as_object().if_contains("message"); text && text->is_string()) {
      message += ": " + std::string(text->get_string());
    }
    if (const json::value* number = inner->as_object().if_contains("sequence");
        number && number->is_int64()) {
      sequence = static_cast<std::uint64_t>(number->get_int64());
    }
  }

  switch (response.status) {
    case 409:
      if (introduce_) break;
      introduce_ = true;
      return Outcome::kAgain;
    case 413:
    case 422:
      return give_up_chunk(sequence, message);
    case 429:  // too often, or too much at once; later will do
    case 503:
      problem_ = "the hub at " + hub_ + " asks to wait: " + message;
      return Outcome::kAway;
    default:
      break;
  }
  problem_ = "the hub at " + hub_ + " refuses: " + message;
  return Outcome::kRefused;
}

// The one with this sequence; all that were sent when it is 0.
Delivery::Outcome Delivery::give_up_chunk(std::uint64_t sequence, const std::string& why) {
  std::vector<std::uint64_t> refused;
  for (const tape::Spool::Segment& segment : spool_.segments()) {
    for (const tape::Spool::ChunkPlace& chunk : segment.chunks) {
      if (sequence == 0 ? chunk.sequence <= last_sent_ : chunk.sequence == sequence) {
        refused.push_back(chunk.sequence);
      }
    }
  }
  problem_ = "the hub refused a chunk: " + why;
  if (refused.empty()) return Outcome::kRefused;
  for (const std::uint64_t chunk : refused) {
    if (!spool_.drop(chunk)) return Outcome::kRefused;
  }
  return Outcome::kAgain;
}

}  // namespace pilothouse::recorder
