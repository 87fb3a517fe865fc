#include "hub/changes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "hub/api/read_query.h"

namespace pilothouse::hub {
namespace {

constexpr std::size_t kMostNamed = 200;
constexpr std::ptrdiff_t kMostOfToken = 64;
constexpr std::int64_t kRetryAfter = 30;  // seconds

Response full(unsigned status, std::string_view code, const std::string& why) {
  Response response = error_response(status, code, why + "; end one, or try again later");
  response.retry_after = kRetryAfter;
  return response;
}

}  // namespace

Changes::News Changes::Listener::take_news() {
  News news{std::exchange(all_, false), {clusters_.begin(), clusters_.end()}};
  clusters_.clear();
  return news;
}

void Changes::Listener::hear(std::int64_t cluster) {
  if (all_ || (only_ && *only_ != cluster)) return;
  const bool first = clusters_.empty();
  clusters_.insert(cluster);
  if (clusters_.size() > kMostNamed) {
    clusters_.clear();
    all_ = true;
  }
  if (first) bell_.ring();
}

std::variant<std::unique_ptr<Changes::Listener>, Response> Changes::listen(const Target& target,
                                                                           const store::Caller& caller) {
  std::optional<std::int64_t> only;
  for (const auto& [name, value] : target.parameters) {
    only = parse_positive(value);
    if (!only) {
      return error_response(400, "invalid_parameter",
                            "the parameter \"" + name + "\": is not a positive integer");
    }
  }
  const auto of_token = std::count_if(listeners_.begin(), listeners_.end(), [&](const Listener* listener) {
    return listener->token_ == caller.token;
  });
  if (of_token >= kMostOfToken) {
    return full(429, "too_many_requests",
                "this token follows " + std::to_string(of_token) + " streams of changes already");
  }
  if (listeners_.size() >= most_) {
    return full(503, "unavailable",
                "the hub sends " + std::to_string(listeners_.size()) + " streams of changes already");
  }
  auto listener = std::make_unique<Listener>(*this, caller, only);
  listener->place_ = listeners_.insert(listeners_.end(), listener.get());
  return listener;
}

void Changes::note(std::int64_t workspace, std::int64_t cluster) {
  for (Listener* listener : listeners_) {
    if (listener->workspace_ == workspace) listener->hear(cluster);
  }
}

void Changes::doubt_tokens(std::int64_t workspace) {
  for (Listener* listener : listeners_) {
    if (listener->workspace_ != workspace) continue;
    listener->doubt_ = true;
    listener->bell_.ring();
  }
}

}  // namespace pilothouse::hub
