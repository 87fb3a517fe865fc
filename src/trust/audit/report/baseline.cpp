#include "trust/audit/report/baseline.h"

#include <boost/json.hpp>
#include <unordered_map>

#include "base/json_parse.h"
#include "trust/audit/report/json_writer.h"
#include "trust/audit/report/report.h"
#include "trust/signatures/manifest.h"

namespace pilothouse::audit {
namespace {

namespace json = boost::json;
using base::Errc;
using base::error;

std::string without_blanks(std::string_view code) {
  std::string text;
  for (const char c : code) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != '\f') text += c;
  }
  return text;
}

struct Entry {
  std::string rule;
  std::string path;
  std::string message;
  std::string reason;
};

const json::string* text_of(const json::object& object, std::string_view name) {
  const json::value* member = object.if_contains(name);
  return member == nullptr ? nullptr : member->if_string();
}

base::Error malformed(const std::string& why) { return error(Errc::kMalformed, "it is no baseline: " + why); }

}  // namespace

std::vector<std::string> fingerprints_of(const Analysis& analysis) {
  std::unordered_map<std::string, std::uint64_t> seen;
  std::vector<std::string> fingerprints;
  fingerprints.reserve(analysis.findings.size());
  for (const Finding& finding : analysis.findings) {
    std::string text = finding.rule->id;
    text += '\0';
    if (finding.place.file < analysis.modules.size()) text += analysis.modules[finding.place.file].path;
    text += '\0';
    text += finding.function;
    text += '\0';
    text += without_blanks(finding.code);
    const std::uint64_t ordinal = seen[text]++;
    text += '\0';
    text += std::to_string(ordinal);
    fingerprints.push_back(trust::sha256_hex(text));
  }
  return fingerprints;
}

base::Result<Baseline> read_baseline(std::string_view text) {
  const auto parsed = base::parse_json(text);
  if (!parsed) return malformed(parsed.error().message);
  const json::object* object = parsed->if_object();
  if (object == nullptr) return malformed("an object is wanted");
  const json::string* format = text_of(*object, "format");
  if (format == nullptr || std::string_view(*format) != kBaselineFormat) {
    return malformed("\"format\" must be \"" + std::string(kBaselineFormat) + "\"");
  }
  const json::value* findings = object->if_contains("findings");
  if (findings == nullptr || !findings->is_array()) return malformed("\"findings\" must be an array");
  Baseline baseline;
  std::size_t number = 0;
  for (const json::value& value : findings->get_array()) {
    const std::string which = "entry " + std::to_string(++number) + " of \"findings\"";
    const json::object* entry = value.if_object();
    const json::string* fingerprint = entry == nullptr ? nullptr : text_of(*entry, "fingerprint");
    if (fingerprint == nullptr || !trust::is_sha256(std::string_view(*fingerprint))) {
      return malformed(which + " has no fingerprint of 64 lower-case hexadecimal digits");
    }
    const json::value* reason = entry->if_contains("reason");
    if (reason != nullptr && !reason->is_string()) return malformed(which + " has a reason that is no text");
    const bool is_new = baseline.reasons
                            .emplace(std::string_view(*fingerprint),
                                     reason == nullptr ? std::string() : std::string(reason->get_string()))
                            .second;
    if (!is_new) return malformed(which + " has a fingerprint that another has");
  }
  return baseline;
}

std::string write_baseline(const std::vector<const Report*>& reports) {
  std::map<std::string, Entry> entries;
  for (const Report* report : reports) {
    std::map<std::uint32_t, std::string_view> reasons;
    for (const Accepted& accepted : report->accepted) reasons.emplace(accepted.finding, accepted.reason);
    for (std::uint32_t i = 0; i < report->facts; ++i) {
      const Finding& finding = report->analysis.findings[i];
      const auto known = reasons.find(i);
      if (known == reasons.end() && !weighs(finding)) continue;
      const bool has_path = finding.place.file < report->analysis.modules.size();
      entries.emplace(
          report->fingerprints[i],
          Entry{finding.rule->id, has_path ? report->analysis.modules[finding.place.file].path : "",
                finding.message, known == reasons.end() ? "" : std::string(known->second)});
    }
  }
  JsonWriter out;
  out.begin_object();
  out.field("format", kBaselineFormat);
  out.key("findings");
  out.begin_array();
  for (const auto& [fingerprint, entry] : entries) {
    out.begin_object();
    out.field("fingerprint", fingerprint);
    out.field("rule", entry.rule);
    out.field("path", entry.path);
    out.field("message", entry.message);
    out.field("reason", entry.reason);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return out.take();
}

}  // namespace pilothouse::audit
