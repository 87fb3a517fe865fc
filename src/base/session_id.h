#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pilothouse::base {

// A recorder's life: 128 random bits, written as 32 lower-case hexadecimal digits.
struct SessionId {
  std::array<std::uint8_t, 16> bytes{};

  static SessionId random();
  static std::optional<SessionId> parse(std::string_view hex);
  std::string to_string() const;

  auto operator<=>(const SessionId&) const = default;
};

}  // namespace pilothouse::base
