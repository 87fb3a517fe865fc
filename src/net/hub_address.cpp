#include "net/hub_address.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace pilothouse::net {
namespace {

using base::Errc;
using base::error;

constexpr std::string_view kPlain = "http://";
constexpr std::string_view kTls = "https://";

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
  HubAddress address;
  std::string_view rest;
  if (url.starts_with(kPlain)) {
    rest = url.substr(kPlain.size());
  } else if (url.starts_with(kTls)) {
    address.tls = true;
    rest = url.substr(kTls.size());
  } else {
    return refuse("does not start with http:// or https://");
  }
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

  address.port = address.tls ? "443" : "80";
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

std::string HubAddress::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + port;
}

std::string HubAddress::to_string() const { return std::string(tls ? kTls : kPlain) + authority() + prefix; }

}  // namespace pilothouse::net
