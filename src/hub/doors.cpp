#include "hub/doors.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/utf8.h"

namespace pilothouse::hub {
namespace {

using namespace std::chrono_literals;

// Rows of refusals that one token may leave at once, and how often one more: a log that is kept for ever must
// not be filled by who may not even come in.
constexpr std::int64_t kRefusalRows = 20;
constexpr auto kRefusalRowEvery = 3s;

std::uint64_t token_key(std::string_view hash) {
  std::uint64_t key = 0;
  std::memcpy(&key, hash.data(), std::min(sizeof key, hash.size()));
  return key;
}

Response too_many(RateLimit::Clock::duration wait, std::string_view of_what) {
  const auto seconds = std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count());
  Response response = error_response(
      429, "too_many_requests",
      "too many requests " + std::string(of_what) + "; try again in " + std::to_string(seconds) + " s");
  response.retry_after = seconds;
  return response;
}

std::string_view code_of(unsigned status) {
  if (status == 403) return "forbidden";
  if (status == 404) return "not_found";
  if (status == 422) return "invalid";
  return status == 409 ? "conflict" : "";
}

std::string subject_of(const Target& target) {
  if (target.captures.empty()) return {};
  const auto& [name, value] = target.captures.front();
  return std::string(name) + " " + (base::is_utf8(value) ? value : "?");
}

}  // namespace

base::Result<void> write_notes(store::ControlStore& control, const DoorNotes& notes) {
  if (!notes.uses.empty()) {
    if (auto noted = control.note_uses(notes.uses); !noted) return noted;
  }
  for (const auto& [workspace, row] : notes.refusals) {
    if (auto noted = control.note_audit(workspace, row); !noted) return noted;
  }
  return {};
}

Doors::Doors(const DoorLimits& limits)
    : tokens_(RateLimit::per_second(limits.per_token)),
      peers_(RateLimit::per_second(limits.without_token)),
      refusals_(kRefusalRowEvery, kRefusalRows) {}

std::optional<Response> Doors::too_often(std::string_view token_hash) const {
  const auto wait = tokens_.look(token_key(token_hash), RateLimit::Clock::now());
  if (!wait) return std::nullopt;
  return too_many(*wait, "with this token");
}

std::optional<Response> Doors::enter(std::string_view token_hash, std::int64_t token, base::Micros now) {
  uses_[token] = now;
  const auto wait = tokens_.take(token_key(token_hash), RateLimit::Clock::now());
  if (!wait) return std::nullopt;
  return too_many(*wait, "with this token");
}

Response Doors::turn_away(std::uint64_t peer, Response refusal) {
  const auto wait = peers_.take(peer, RateLimit::Clock::now());
  return wait ? too_many(*wait, "without a valid token from this address") : std::move(refusal);
}

std::optional<store::AuditRow> Doors::refused(const store::Caller& caller, const Target& target,
                                              const Response& answer, base::Micros now) {
  const std::string_view code = code_of(answer.status);
  if (target.route->action.empty() || code.empty()) return std::nullopt;
  if (refusals_.take(static_cast<std::uint64_t>(caller.token), RateLimit::Clock::now())) {
    Uncounted& more = more_refusals_[caller.token];
    more.workspace = caller.workspace.id;
    more.actor = caller.user_name;
    more.count += 1;
    return std::nullopt;
  }
  return store::AuditRow{0,
                         now,
                         caller.user_name,
                         caller.token,
                         std::string(target.route->action),
                         subject_of(target),
                         std::string(code),
                         {}};
}

DoorNotes Doors::take_notes(base::Micros now) {
  DoorNotes notes;
  for (const auto& [token, used] : uses_) notes.uses.push_back({token, used});
  for (const auto& [token, more] : more_refusals_) {
    notes.refusals.emplace_back(more.workspace, store::AuditRow{0, now, more.actor, token, "refusals",
                                                                std::to_string(more.count) + " more",
                                                                "refused", "too many to list each of them"});
  }
  uses_.clear();
  more_refusals_.clear();
  return notes;
}

std::uint64_t peer_key(const boost::asio::ip::address& address) {
  const auto of_v4 = [](const boost::asio::ip::address_v4& v4) {
    return 0xFFFFFFFF00000000U | static_cast<std::uint64_t>(v4.to_uint());
  };
  if (address.is_v4()) return of_v4(address.to_v4());
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return of_v4(boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6));
  std::uint64_t key = 0;
  const auto bytes = v6.to_bytes();
  for (std::size_t i = 0; i < 8; ++i) key = key << 8U | bytes[i];
  return key;
}

Response scope_refusal(store::Scopes needed) {
  std::string words;
  for (const std::string_view word : (needed | store::Scope::kAdmin).words()) {
    words += (words.empty() ? "" : word == "admin" ? " or " : ", ") + std::string(word);
  }
  return error_response(403, "forbidden", "this needs a token with the scope " + words);
}

}  // namespace pilothouse::hub
