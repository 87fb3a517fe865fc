#include "hub/api/write_plugins.h"

#include <openssl/evp.h>

#include <string>
#include <string_view>

namespace pilothouse::hub {
namespace {

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL writes a NUL behind it
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

void score(JsonWriter& out, std::string_view name, const std::optional<std::int64_t>& hundredths) {
  constexpr double kHundred = 100;
  std::optional<double> value;
  if (hundredths) value = static_cast<double>(*hundredths) / kHundred;
  out.field(name, value);
}

void write(JsonWriter& out, const store::BundleReport& report) {
  out.begin_object();
  score(out, "risk", report.risk);
  score(out, "malware", report.malware);
  score(out, "obfuscated", report.obfuscated);
  score(out, "confidence", report.confidence);
  out.field("rules", report.rules);
  out.field("problem", report.problem);
  out.field("made_us", report.made_us);
  out.end_object();
}

}  // namespace

void write(JsonWriter& out, const store::BundleView& bundle) {
  out.begin_object();
  out.field("name", bundle.name);
  out.field("version", bundle.version);
  out.field("kind", bundle.kind);
  out.field("sha256", bundle.sha256);
  out.field("size", bundle.size);
  out.field("publisher", bundle.publisher);
  out.raw_field("signers", bundle.signers_json);
  out.field("expires_us", bundle.expires_us);
  out.field("published_us", bundle.published_us);
  out.field("published_by", bundle.published_by);
  out.key("revoked");
  if (bundle.revoked) {
    out.begin_object();
    out.field("key", bundle.revoked->key);
    out.field("reason", bundle.revoked->reason);
    out.field("time_us", bundle.revoked->time_us);
    out.end_object();
  } else {
    out.null();
  }
  out.key("audit");
  if (bundle.audit) {
    write(out, *bundle.audit);
  } else {
    out.null();
  }
  out.end_object();
}

void write(JsonWriter& out, const store::Offer& offer) {
  out.begin_object();
  out.field("name", offer.versions.front().name);
  out.key("versions");
  out.begin_array();
  for (const store::BundleView& bundle : offer.versions) write(out, bundle);
  out.end_array();
  out.key("revocations");
  out.begin_array();
  for (const std::string& statement : offer.statements) out.value(base64(statement));
  out.end_array();
  out.end_object();
}

}  // namespace pilothouse::hub
