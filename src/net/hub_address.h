#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace pilothouse::net {

// Where a hub is: "http[s]://host[:port][/prefix]".
struct HubAddress {
  bool tls = false;
  std::string host;
  std::string port;    // 80 or 443 if not given
  std::string prefix;  // "" or "/something", no slash at the end

  static base::Result<HubAddress> parse(std::string_view url);
  std::string to_string() const;
  std::string authority() const;  // "host:port", as in a Host header
};

}  // namespace pilothouse::net
