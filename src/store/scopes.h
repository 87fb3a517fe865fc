#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pilothouse::store {

// What a token may be used for. The numbers are stored: never reuse one.
enum class Scope : std::uint8_t {
  kIngest = 1,   // to send what recorders record
  kRead = 2,     // to see what is recorded
  kControl = 4,  // to stop clusters
  kPublish = 8,  // to offer plugins
  kAdmin = 16,   // everything in its workspace, with users, tokens and the audit log
};

// A set of scopes.
class Scopes {
 public:
  constexpr Scopes() = default;
  constexpr Scopes(Scope scope) : bits_(static_cast<std::uint8_t>(scope)) {}  // NOLINT: a set of one

  static constexpr Scopes all() { return Scopes(kAll); }

  // Bits as they are stored; those that mean nothing are left out.
  static constexpr Scopes from_bits(std::int64_t bits) { return Scopes(bits & kAll); }

  // From words: kInvalidArgument for one that is no scope, for one that comes twice, and for none at all.
  static base::Result<Scopes> parse(const std::vector<std::string>& words);

  // The same from one text: "ingest,read".
  static base::Result<Scopes> parse_list(std::string_view text);

  constexpr std::int64_t bits() const { return bits_; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr bool has(Scope scope) const { return (bits_ & static_cast<std::int64_t>(scope)) != 0; }

  // Whether who has these may do what any of `needed` is enough for.
  constexpr bool open(Scopes needed) const { return has(Scope::kAdmin) || (bits_ & needed.bits_) != 0; }

  constexpr Scopes operator|(Scopes other) const { return Scopes(bits_ | other.bits_); }
  constexpr bool operator==(const Scopes&) const = default;

  // In the order of their numbers.
  std::vector<std::string_view> words() const;
  std::string text(std::string_view separator) const;

 private:
  static constexpr std::int64_t kAll = 31;

  constexpr explicit Scopes(std::int64_t bits) : bits_(bits) {}

  std::int64_t bits_ = 0;
};

constexpr Scopes operator|(Scope left, Scope right) { return Scopes(left) | Scopes(right); }

}  // namespace pilothouse::store
