#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "trust/signatures/format.h"

namespace pilothouse::trust {

using Signature = std::array<std::uint8_t, kSignatureBytes>;

// An Ed25519 public key. Its text, the key id, is the key itself: "ed25519:" and 43 characters of URL-safe
// base64. So there is nothing between a pinned text and the key that could be replaced.
struct PublicKey {
  std::array<std::uint8_t, kKeyBytes> bytes{};

  // kInvalidArgument for anything but the one text of a key that is_sound().
  static base::Result<PublicKey> parse(std::string_view key_id);
  std::string to_string() const;

  // Whether this is a point of the curve, encoded in its one way, and none of the eight of small order, by
  // which anybody can sign.
  bool is_sound() const;

  // False for a key that is not sound, and for every variant of a signature but the one that RFC 8032 makes.
  bool verifies(std::string_view message, const Signature& signature) const;

  auto operator<=>(const PublicKey&) const = default;
};

}  // namespace pilothouse::trust
