#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "trust/signatures/key.h"
#include "trust/signatures/refusal.h"
#include "trust/signatures/revocation.h"
#include "trust/signatures/version.h"

namespace pilothouse::trust {

// What one host remembers of the plugins it has accepted, in trust.json of its state directory. Whoever
// removes the file makes the host forget; a file that cannot be read, or that others may write, is a reason
// to refuse, not to begin anew.
struct HostState {
  struct Seen {
    std::string version;
    std::string sha256;
  };

  std::map<std::string, Seen, std::less<>> plugins;  // the highest version accepted, by name
  std::set<std::string, std::less<>> revoked_keys;   // key ids
  std::map<std::string, std::set<std::string>, std::less<>> withdrawn;  // by bundle's SHA-256: key ids

  // Nothing remembered when there is no such file.
  static base::Result<HostState> read(const std::filesystem::path& directory);

  // Replaces the file, 0600, in a directory that is made if need be.
  base::Result<void> write(const std::filesystem::path& directory) const;

  // Takes in a revocation; true when it is news.
  bool learn(const Revocation& revocation);
};

// Held while the state is read, changed and written: of two processes that accept a bundle at once, none
// undoes what the other has remembered.
class HostStateLock {
 public:
  // Waits for its turn, but not for ever: a scheduler must come up or say why not. kTimeout then.
  static base::Result<HostStateLock> take(const std::filesystem::path& directory,
                                          std::chrono::milliseconds patience = std::chrono::seconds(10));
  HostStateLock(HostStateLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  HostStateLock& operator=(HostStateLock&&) = delete;
  ~HostStateLock();

 private:
  explicit HostStateLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace pilothouse::trust
