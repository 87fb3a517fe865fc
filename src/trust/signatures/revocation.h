#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "trust/signatures/private_key.h"
#include "trust/signatures/refusal.h"

namespace pilothouse::trust {

// A key says of itself, or of one bundle that it signed, that it is not to be trusted any more. There is no
// way back: whoever can say it about a key has that key.
struct Revocation {
  PublicKey key;
  std::optional<std::string> sha256;  // of the bundle's signed bytes; none: the key itself
  base::Micros time_us = 0;
  std::string reason;

  // kMalformed, kTooLarge or kBadSignature.
  static Checked<Revocation> open(std::string_view bytes);
};

// The statement's bytes; the key is filled in. kInvalidArgument when it says what open() would refuse.
base::Result<std::string> sign_revocation(Revocation revocation, const PrivateKey& key);

}  // namespace pilothouse::trust
