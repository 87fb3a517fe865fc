#include "trust/signatures/revocation.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstring>

#include "base/json_parse.h"
#include "base/utf8.h"
#include "trust/signatures/manifest.h"
#include "trust/signatures/numbers.h"

namespace pilothouse::trust {
namespace {

namespace json = boost::json;

Refusal malformed(const std::string& why) {
  return refuse(Code::kMalformed, "this is no revocation: " + why);
}

Checked<Revocation> parse(std::string_view text) {
  const auto value = base::parse_json(text);
  if (!value) return malformed(value.error().message);
  const json::object* object = value->if_object();
  if (object == nullptr) return malformed("it is no JSON object");
  for (const auto& member : *object) {
    constexpr std::array<std::string_view, 4> kNames{"key", "sha256", "time_us", "reason"};
    if (std::find(kNames.begin(), kNames.end(), member.key()) == kNames.end()) {
      return malformed(in_quotes(member.key()) + " is no member of it");
    }
  }
  const json::value* key = object->if_contains("key");
  const json::value* sha256 = object->if_contains("sha256");
  const json::value* time = object->if_contains("time_us");
  const json::value* reason = object->if_contains("reason");
  if (key == nullptr || !key->is_string()) return malformed("it names no key");
  if (time == nullptr || !time->is_int64() || time->get_int64() < 0) return malformed("it has no time");
  if (reason == nullptr || !reason->is_string() || reason->get_string().size() > kMaxReason) {
    return malformed("it has no reason of at most 1000 bytes");
  }
  if (sha256 != nullptr && (!sha256->is_string() || !is_sha256(sha256->get_string()))) {
    return malformed("sha256 is no SHA-256");
  }
  Revocation revocation;
  const auto parsed = PublicKey::parse(key->get_string());
  if (!parsed) return malformed(parsed.error().message);
  revocation.key = *parsed;
  if (sha256 != nullptr) revocation.sha256 = std::string(sha256->get_string());
  revocation.time_us = time->get_int64();
  revocation.reason = std::string(reason->get_string());
  return revocation;
}

}  // namespace

Checked<Revocation> Revocation::open(std::string_view bytes) {
  if (bytes.size() > kRevocationHeader + kMaxStatement + kSignatureBytes) {
    return refuse(Code::kTooLarge, "the revocation is too long");
  }
  if (bytes.size() < kRevocationHeader + kSignatureBytes || !bytes.starts_with(kRevocationMagic) ||
      read_number(bytes, 8, 4) != kRevocationVersion ||
      bytes.size() != kRevocationHeader + read_number(bytes, 12, 4) + kSignatureBytes) {
    return malformed("it does not begin like one, or is not as long as it says");
  }
  const std::string_view signed_bytes = bytes.substr(0, bytes.size() - kSignatureBytes);
  auto revocation = parse(signed_bytes.substr(kRevocationHeader));
  if (!revocation) return revocation;
  Signature signature{};
  std::memcpy(signature.data(), bytes.data() + signed_bytes.size(), kSignatureBytes);
  if (!revocation->key.verifies(signed_bytes, signature)) {
    return refuse(Code::kBadSignature, "the revocation is not by the key that it speaks of");
  }
  return revocation;
}

base::Result<std::string> sign_revocation(Revocation revocation, const PrivateKey& key) {
  revocation.key = key.public_key();
  if (revocation.time_us < 0) {
    return base::error(base::Errc::kInvalidArgument, "the time must not be before 1970");
  }
  if (revocation.sha256 && !is_sha256(*revocation.sha256)) {
    return base::error(base::Errc::kInvalidArgument, in_quotes(*revocation.sha256) + " is no SHA-256");
  }
  json::object statement{
      {"key", revocation.key.to_string()}, {"time_us", revocation.time_us}, {"reason", revocation.reason}};
  if (revocation.sha256) statement["sha256"] = *revocation.sha256;
  const std::string text = json::serialize(statement);
  if (text.size() > kMaxStatement || revocation.reason.size() > kMaxReason ||
      !base::is_utf8(revocation.reason)) {
    return base::error(base::Errc::kInvalidArgument, "the reason must be at most 1000 bytes of UTF-8");
  }
  std::string bytes(kRevocationMagic);
  append_number(bytes, kRevocationVersion, 4);
  append_number(bytes, text.size(), 4);
  bytes += text;
  const auto signature = key.sign(bytes);
  if (!signature) return signature.error();
  bytes.append(reinterpret_cast<const char*>(signature->data()), signature->size());
  return bytes;
}

}  // namespace pilothouse::trust
