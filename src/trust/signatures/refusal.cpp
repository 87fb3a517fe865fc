#include "trust/signatures/refusal.h"

#include <stdexcept>

namespace pilothouse::trust {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::kMalformed:
      return "malformed";
    case Code::kTooLarge:
      return "too_large";
    case Code::kNoSignature:
      return "no_signature";
    case Code::kBadSignature:
      return "bad_signature";
    case Code::kDuplicateKey:
      return "duplicate_key";
    case Code::kUnknownKey:
      return "unknown_key";
    case Code::kRevokedKey:
      return "revoked_key";
    case Code::kBelowThreshold:
      return "below_threshold";
    case Code::kWithdrawn:
      return "withdrawn";
    case Code::kWrongName:
      return "wrong_name";
    case Code::kLookAlike:
      return "look_alike";
    case Code::kBadPath:
      return "bad_path";
    case Code::kBadHash:
      return "bad_hash";
    case Code::kBadEntry:
      return "bad_entry";
    case Code::kExpired:
      return "expired";
    case Code::kIncompatible:
      return "incompatible";
    case Code::kBelowLeastVersion:
      return "below_least_version";
    case Code::kRollback:
      return "rollback";
    case Code::kAuditMismatch:
      return "audit_mismatch";
    case Code::kTooRisky:
      return "too_risky";
  }
  return "malformed";
}

void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
  throw std::logic_error(refusal.message);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 80;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      result += c;
    } else {
      result += "\\x";
      result += kDigits[byte >> 4U];
      result += kDigits[byte & 15U];
    }
  }
  return result + (text.size() > kShown ? "...\"" : "\"");
}

}  // namespace pilothouse::trust
