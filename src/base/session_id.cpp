#include "base/session_id.h"

#include <algorithm>
#include <boost/algorithm/hex.hpp>
#include <random>

namespace pilothouse::base {

SessionId SessionId::random() {
  SessionId id;
  std::random_device entropy;
  std::generate(id.bytes.begin(), id.bytes.end(), [&] { return static_cast<std::uint8_t>(entropy()); });
  return id;
}

std::optional<SessionId> SessionId::parse(std::string_view hex) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  SessionId id;
  if (hex.size() != 2 * id.bytes.size() || !std::all_of(hex.begin(), hex.end(), is_digit))
    return std::nullopt;
  boost::algorithm::unhex(hex.begin(), hex.end(), id.bytes.begin());
  return id;
}

std::string SessionId::to_string() const {
  std::string text;
  boost::algorithm::hex_lower(bytes.begin(), bytes.end(), std::back_inserter(text));
  return text;
}

}  // namespace pilothouse::base
