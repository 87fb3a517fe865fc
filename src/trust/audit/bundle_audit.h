#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "trust/audit/report/report.h"
#include "trust/signatures/verify.h"

// The auditor as signing, verifying and the hub use it: on the files of one bundle.
namespace pilothouse::audit {

// The report on a plugin's files. Time and memory are bounded. The same files and rules give the same report,
// wherever it is made. The rules are read once for the process. Any thread; never throws.
base::Result<Report> audit_files(const trust::Files& files, std::string_view name);

// The digest of the rules that audit_files() uses.
base::Result<std::string> rules_digest();

// A score in hundredths, as manifests and the hub keep it.
std::int64_t hundredths(const Score& score);

// What a manifest says of a report.
trust::AuditNote note_of(const Report& report);

// How what a manifest says stands to what is found here.
enum class Agreement {
  kUnsaid,      // the manifest says nothing
  kSame,        // the same report
  kOtherRules,  // made by other rules: the two cannot be compared
  kDiffers,     // by the same rules another report: one of them is wrong
};
Agreement compare(const std::optional<trust::AuditNote>& said, const trust::AuditNote& found);

// kAuditMismatch when the manifest says something else than the same rules do here.
trust::Checked<void> check_note(const trust::Manifest& manifest, const Report& report);

// kTooRisky when the risk is over `max_risk`, from 0 to 1, or is not known, since a file was not read
// whole. 1 lets everything pass.
trust::Checked<void> check_risk(const Report& report, double max_risk);

// Both. With `max_risk`, what could not be audited is refused with kTooRisky.
trust::Checked<void> check(const trust::Manifest& manifest, const base::Result<Report>& report,
                           std::optional<double> max_risk);

// For a policy's `examine`: audits the very files that were verified, and checks.
std::function<trust::Checked<void>(const trust::Verified&)> risk_examiner(double max_risk);

}  // namespace pilothouse::audit
