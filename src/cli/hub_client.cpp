#include "cli/hub_client.h"

#include <algorithm>
#include <charconv>

#include "cli/percent.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;
using base::Errc;
using base::error;
using boost::beast::http::verb;

constexpr std::string_view kPrefix = "/api/v1";
constexpr std::size_t kMaxPage = 1000;

std::string target(std::string_view path, const Query& query) {
  std::string result = std::string(kPrefix) + std::string(path);
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    result += separator + name + "=" + percent_encoded(value);
    separator = '&';
  }
  return result;
}

Errc code_of_status(unsigned status) {
  switch (status) {
    case 400:
      return Errc::kInvalidArgument;
    case 401:
      return Errc::kUnauthorized;
    case 403:
      return Errc::kForbidden;
    case 404:
      return Errc::kNotFound;
    case 409:
    case 429:
      return Errc::kConflict;
    case 503:
      return Errc::kUnavailable;
    default:
      return Errc::kInternal;
  }
}

}  // namespace

base::Result<HubClient> HubClient::open(const HubSettings& settings) {
  auto hub = access(settings);
  if (!hub) return hub.error();
  return HubClient(std::move(*hub), settings.workspace);
}

base::Result<json::object> HubClient::get(std::string_view path, const Query& query) const {
  return read(net::request_blocking(hub_, verb::get, target(path, query)));
}

base::Result<json::object> HubClient::post(std::string_view path, const json::value& body) const {
  return read(net::request_blocking(hub_, verb::post, target(path, {}), json::serialize(body)));
}

base::Result<std::string> HubClient::get_bytes(std::string_view path, std::size_t most,
                                               const Query& query) const {
  auto response = net::request_blocking(hub_, verb::get, target(path, query));
  if (!response) return response.error();
  if (response->status != 200) {
    const auto refusal = read(response);
    if (!refusal) return refusal.error();
    return error(Errc::kInternal, "the hub answers " + std::to_string(response->status));
  }
  if (response->body.size() > most) {
    return error(Errc::kTooLarge, "the hub's answer is over " + std::to_string(most) + " bytes");
  }
  return std::move(response->body);
}

base::Result<json::object> HubClient::post_bytes(std::string_view path, std::string bytes,
                                                 std::string media_type, const Query& query) const {
  return read(
      net::request_blocking(hub_, verb::post, target(path, query), std::move(bytes), std::move(media_type)));
}

base::Result<json::object> HubClient::upload(std::string_view session, std::string chunks,
                                             std::uint64_t last) const {
  return post_bytes("/sessions/" + std::string(session) + "/chunks", std::move(chunks),
                    "application/vnd.pilothouse.tape", {{"last", std::to_string(last)}});
}

base::Result<json::object> HubClient::read(const base::Result<net::Response>& response) const {
  if (!response) return response.error();
  const std::string status = std::to_string(response->status);
  boost::system::error_code failed;
  json::value answer = json::parse(response->body, failed);
  if (failed || !answer.is_object()) {
    return error(Errc::kInternal, hub_.address.to_string() + " answers " + status +
                                      " without a JSON object; is a Pilothouse hub there?");
  }
  if (response->status < 400) return std::move(answer.get_object());

  std::string message = "the hub answers " + status;
  if (const json::value* told = answer.get_object().if_contains("error");
      told != nullptr && told->is_object()) {
    const json::value* words = told->get_object().if_contains("message");
    if (words != nullptr && words->is_string()) message = words->get_string();
  }
  if (response->status == 401) message += " (" + hub_.address.to_string() + ")";
  if (response->status == 429)
    message += "\nWhoever runs the hub can raise the limit: pilothouse serve --rate-limit";
  return error(code_of_status(response->status), std::move(message));
}

base::Result<bool> HubClient::each_page(std::string_view path, Query query, std::optional<std::size_t> limit,
                                        const TakePage& take) const {
  std::size_t seen = 0;
  query.emplace_back("limit", "");
  query.emplace_back("cursor", "");
  std::string& size = query[query.size() - 2].second;
  std::string& cursor = query[query.size() - 1].second;
  for (;;) {
    size = std::to_string(limit ? std::min(*limit - seen, kMaxPage) : kMaxPage);
    auto page = get(path, query);
    if (!page) return page.error();
    const json::value* items = page->if_contains("items");
    const json::value* next = page->if_contains("next");
    if (items == nullptr || !items->is_array() || next == nullptr) {
      return error(Errc::kInternal, "the hub's answer is not a listing");
    }
    seen += items->get_array().size();
    const bool more = next->is_string();
    if (!take(items->get_array()) || !more || (limit && seen >= *limit)) return more;
    cursor = next->get_string();
  }
}

base::Result<std::int64_t> HubClient::cluster_id(const std::string& text) const {
  if (text.empty()) return error(Errc::kInvalidArgument, "the cluster's id is empty");
  std::int64_t id = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failed == std::errc() && end == text.data() + text.size() && id >= 0) return id;

  std::optional<std::int64_t> found;
  const auto more = each_page("/clusters", {{"text", text}, {"workspace", workspace_.value_or("")}},
                              std::nullopt, [&](const json::array& items) {
                                for (const json::value& item : items) {
                                  const json::object* cluster = item.if_object();
                                  if (cluster == nullptr) continue;
                                  const json::value* scheduler = cluster->if_contains("scheduler_id");
                                  const json::value* number = cluster->if_contains("id");
                                  if (scheduler != nullptr && number != nullptr && scheduler->is_string() &&
                                      number->is_int64() && scheduler->get_string() == text) {
                                    found = number->get_int64();
                                  }
                                }
                                return !found;
                              });
  if (!more) return more.error();
  if (!found) return error(Errc::kNotFound, "the hub has no cluster with the scheduler id \"" + text + "\"");
  return *found;
}

}  // namespace pilothouse::cli
