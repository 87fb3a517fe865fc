#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "trust/signatures/bundle.h"

namespace pilothouse::trust {

struct Verified;

// What somebody demands of a plugin before it may run.
struct Policy {
  std::string name;
  std::vector<PublicKey> keys;  // pinned; the same key twice counts once
  std::size_t threshold = 1;    // how many of them must have signed
  std::optional<Version> least_version;
  std::vector<PublicKey> revoked;  // whatever anybody says
  std::uint64_t max_bytes = kDefaultMaxBundle;
  std::optional<std::string> python;  // the versions it would run under; none: not asked
  std::optional<std::string> distributed;

  // Looks last at what is accepted so far, and may refuse it. It may take its time: no other process waits
  // for it. None: nothing more is asked.
  std::function<Checked<void>(const Verified&)> examine;
};

// What this host remembers: of accepted versions, and of revocations. None: nothing is known and nothing
// kept.
struct Memory {
  std::filesystem::path directory;
  bool write = true;  // what was accepted, and what was learned
};

struct Verified {
  Manifest manifest;
  std::string sha256;              // of the signed bytes
  std::vector<PublicKey> keys;     // pinned ones that signed, not revoked
  std::vector<PublicKey> signers;  // all
  Files files;                     // the very bytes that were verified
};

// The one decision whether a bundle may be loaded. Nothing of a bundle is believed before enough pinned keys
// are found to have signed these bytes. `revocations`: statements from anywhere; of those that pinned keys
// have made, the host remembers what they say even when the bundle is refused. Any thread; processes take
// turns.
Checked<Verified> verify(std::string_view bundle, const Policy& policy,
                         const std::vector<std::string>& revocations, const std::optional<Memory>& memory,
                         base::Micros now);

}  // namespace pilothouse::trust
