#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <string>

#include "cli/plugin.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;

std::string text_of(const audit::Score& score) { return score_text(audit::hundredths(score)); }

std::string conclusion_of(const audit::Report& report) {
  std::string text;
  for (const audit::Sentence& sentence : report.whole.conclusion) {
    text += (text.empty() ? "" : " ") + sentence.text;
  }
  return text;
}

std::string agreement_text(const std::optional<trust::AuditNote>& said, const trust::AuditNote& found) {
  switch (audit::compare(said, found)) {
    case audit::Agreement::kUnsaid:
      return line("audit", "its manifest names no report: it was not audited");
    case audit::Agreement::kSame:
      return line("audit", "its manifest names this very report");
    case audit::Agreement::kOtherRules:
      return line("audit", "its manifest names a report by other rules, which may say something else") +
             line("", "named: risk " + score_text(said->risk) + ", rules " + said->rules) +
             line("", "here:  risk " + score_text(found.risk) + ", rules " + found.rules);
    case audit::Agreement::kDiffers:
      break;
  }
  return line("audit", "NOT the report that its manifest names by the same rules");
}

std::string_view agreement_name(audit::Agreement agreement) {
  switch (agreement) {
    case audit::Agreement::kUnsaid:
      return "unsaid";
    case audit::Agreement::kSame:
      return "same";
    case audit::Agreement::kOtherRules:
      return "other_rules";
    case audit::Agreement::kDiffers:
      break;
  }
  return "differs";
}

double number_of(const audit::Score& score) { return static_cast<double>(audit::hundredths(score)) / 100; }

}  // namespace

std::string describe_audit(const base::Result<audit::Report>& report,
                           const std::optional<trust::AuditNote>& said) {
  if (!report) return line("audit", "failed: " + report.error().message);
  const audit::Section& whole = report->whole;
  return line("risk", text_of(whole.security_risk)) + line("malware", text_of(whole.malware)) +
         line("obfuscated", text_of(whole.obfuscated)) + line("confidence", text_of(whole.confidence)) +
         line("conclusion", conclusion_of(*report)) + agreement_text(said, audit::note_of(*report));
}

json::object audit_json(const base::Result<audit::Report>& report,
                        const std::optional<trust::AuditNote>& said) {
  if (!report) return {{"problem", report.error().message}};
  const trust::AuditNote found = audit::note_of(*report);
  const audit::Section& whole = report->whole;
  return {{"problem", nullptr},
          {"risk", number_of(whole.security_risk)},
          {"malware", number_of(whole.malware)},
          {"obfuscated", number_of(whole.obfuscated)},
          {"confidence", number_of(whole.confidence)},
          {"conclusion", conclusion_of(*report)},
          {"sha256", found.sha256},
          {"rules", found.rules},
          {"agreement", agreement_name(audit::compare(said, found))}};
}

void add_max_risk(CLI::App& verb, std::optional<double>& max_risk, const char* what) {
  verb.add_option("--max-risk", max_risk, what)->check(CLI::Range(0.0, 1.0));
}

}  // namespace pilothouse::cli
