#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/utf8.h"
#include "hub/api/routes.h"

namespace pilothouse::hub {
namespace {

namespace urls = boost::urls;

using Captures = std::vector<std::pair<std::string_view, std::string>>;

bool matches(std::string_view pattern, const std::vector<std::string>& segments, Captures& captures) {
  captures.clear();
  std::size_t count = 0;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);  // '/'
    const std::size_t end = std::min(pattern.find('/'), pattern.size());
    const std::string_view piece = pattern.substr(0, end);
    pattern.remove_prefix(end);
    if (count == segments.size()) return false;
    const std::string& segment = segments[count++];
    if (piece.starts_with('{') && !segment.empty()) {
      captures.emplace_back(piece.substr(1, piece.size() - 2), segment);
    } else if (piece != segment) {
      return false;
    }
  }
  return count == segments.size();
}

std::string_view method_name(Method method) { return method == Method::kPost ? "POST" : "GET"; }

}  // namespace

std::variant<Target, Response> find_route(Method method, std::string_view text) {
  const auto url = urls::parse_origin_form(text);
  if (!url) return error_response(400, "malformed", "the request's target is not a path and a query");
  std::vector<std::string> segments;
  for (const std::string& segment : url->segments()) segments.push_back(segment);

  Target target;
  std::string allow;
  for (const Route& route : routes()) {
    if (!matches(route.pattern, segments, target.captures)) continue;
    if (route.method == method) {
      target.route = &route;
      break;
    }
    allow += (allow.empty() ? "" : ", ") + std::string(method_name(route.method));
  }
  if (target.route == nullptr && !allow.empty()) {
    Response response = error_response(405, "method_not_allowed", "this path takes " + allow + " only");
    response.allow = allow;
    return response;
  }
  if (target.route == nullptr) return error_response(404, "not_found", "there is nothing at this path");

  for (const urls::param& parameter : url->params()) {
    const std::string shown(base::utf8_prefix(base::is_utf8(parameter.key) ? parameter.key : "?", 64));
    const auto refuse = [&](const std::string& why) {
      return error_response(400, "invalid_parameter", "the parameter \"" + shown + "\" " + why);
    };
    const auto& allowed = target.route->parameters;
    if (std::find(allowed.begin(), allowed.end(), parameter.key) == allowed.end()) {
      return refuse("is not one this path takes");
    }
    for (const auto& [name, value] : target.parameters) {
      if (name == parameter.key) return refuse("is given twice");
    }
    if (!parameter.has_value || !base::is_utf8(parameter.value)) return refuse("has no value in UTF-8");
    target.parameters.emplace_back(parameter.key, parameter.value);
  }
  return target;
}

const std::string& capture(const Target& target, std::string_view name) {
  const auto found = std::find_if(target.captures.begin(), target.captures.end(),
                                  [&](const auto& capture) { return capture.first == name; });
  return found->second;
}

}  // namespace pilothouse::hub
