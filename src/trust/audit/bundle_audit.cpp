#include "trust/audit/bundle_audit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <exception>

#include "trust/audit/audit.h"
#include "trust/audit/rules/rules.h"

namespace pilothouse::audit {
namespace {

const base::Result<RuleSet>& rules() {
  static const base::Result<RuleSet> kRules = [] {
    try {
      return load_rules();
    } catch (const std::exception& failure) {
      return base::Result<RuleSet>(base::error(base::Errc::kInternal, failure.what()));
    }
  }();
  return kRules;
}

std::string decimal(double value) {
  std::array<char, 32> text;
  const int size = std::snprintf(text.data(), text.size(), "%.2f", value);
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

base::Result<Report> audit_files(const trust::Files& files, std::string_view name) {
  const auto& known = rules();
  if (!known) return known.error();
  try {
    Input input;
    input.name = name;
    input.kind = "bundle";
    for (const auto& [path, bytes] : files) input.files.push_back({path, bytes, {}});
    return make_report(analyze(input, *known, AuditLimits{}), *known);
  } catch (const std::exception& failure) {
    return base::error(base::Errc::kInternal, std::string("the audit failed: ") + failure.what());
  }
}

base::Result<std::string> rules_digest() {
  const auto& known = rules();
  if (!known) return known.error();
  return known->digest;
}

std::int64_t hundredths(const Score& score) {
  constexpr double kMost = 100;
  return std::llround(std::clamp(score.value, 0.0, 1.0) * kMost);
}

trust::AuditNote note_of(const Report& report) {
  return {report_sha256(report), report.rules, hundredths(report.whole.security_risk)};
}

Agreement compare(const std::optional<trust::AuditNote>& said, const trust::AuditNote& found) {
  if (!said) return Agreement::kUnsaid;
  if (said->rules != found.rules) return Agreement::kOtherRules;
  return *said == found ? Agreement::kSame : Agreement::kDiffers;
}

trust::Checked<void> check_note(const trust::Manifest& manifest, const Report& report) {
  if (!manifest.audit) return {};
  const trust::AuditNote found = note_of(report);
  if (compare(manifest.audit, found) != Agreement::kDiffers) return {};
  return trust::refuse(trust::Code::kAuditMismatch,
                       "its audit says report " + manifest.audit->sha256 + " with risk " +
                           decimal(static_cast<double>(manifest.audit->risk) / 100) +
                           ", and the same rules give report " + found.sha256 + " with risk " +
                           decimal(report.whole.security_risk.value));
}

trust::Checked<void> check_risk(const Report& report, double max_risk) {
  constexpr double kRounding = 1e-9;
  if (max_risk >= 1) return {};
  const double risk = report.whole.security_risk.value;
  if (risk > max_risk + kRounding) {
    return trust::refuse(trust::Code::kTooRisky,
                         "its risk is " + decimal(risk) + ", over the highest allowed, " + decimal(max_risk));
  }
  for (const Unread& unread : report.analysis.unread) {
    return trust::refuse(trust::Code::kTooRisky,
                         "its risk is not known: " + trust::in_quotes(unread.path) + " " + unread.reason);
  }
  for (const Module& module : report.analysis.modules) {
    if (!module.exhausted) continue;
    return trust::refuse(trust::Code::kTooRisky, "its risk is not known: " + trust::in_quotes(module.path) +
                                                     " is too much to look at");
  }
  return {};
}

trust::Checked<void> check(const trust::Manifest& manifest, const base::Result<Report>& report,
                           std::optional<double> max_risk) {
  if (!report) {
    if (!max_risk) return {};
    return trust::refuse(trust::Code::kTooRisky, "its risk is not known: " + report.error().message);
  }
  if (const auto fine = check_note(manifest, *report); !fine) return fine.error();
  return max_risk ? check_risk(*report, *max_risk) : trust::Checked<void>();
}

std::function<trust::Checked<void>(const trust::Verified&)> risk_examiner(double max_risk) {
  return [max_risk](const trust::Verified& verified) {
    return check(verified.manifest, audit_files(verified.files, verified.manifest.name), max_risk);
  };
}

}  // namespace pilothouse::audit
