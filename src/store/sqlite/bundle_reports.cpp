#include "store/sqlite/bundle_reports.h"

namespace pilothouse::store::sqlite {

using base::Errc;
using base::error;

const std::string& report_columns() {
  static const std::string kColumns =
      "a.sha256, a.rules, a.problem, a.risk, a.malware, a.obfuscated, a.confidence, a.made_us";
  return kColumns;
}

std::optional<BundleReport> read_report(const Statement& row, int first) {
  if (row.is_null(first)) return std::nullopt;
  BundleReport report;
  report.sha256 = row.string(first);
  report.rules = row.string(first + 1);
  report.problem = row.optional_string(first + 2);
  report.risk = row.optional_integer(first + 3);
  report.malware = row.optional_integer(first + 4);
  report.obfuscated = row.optional_integer(first + 5);
  report.confidence = row.optional_integer(first + 6);
  report.made_us = row.integer(first + 7);
  return report;
}

std::optional<Unaudited> find_unaudited(Connection& connection, std::string_view rules) {
  Statement row = connection.query(
      "SELECT b.sha256, b.name, b.bytes FROM bundles b WHERE NOT EXISTS (SELECT 1 FROM bundle_reports a "
      "WHERE a.sha256 = b.sha256 AND a.rules = ?) ORDER BY b.id DESC LIMIT 1",
      rules);
  if (!row.step()) return std::nullopt;
  return Unaudited{row.string(0), row.string(1), row.string(2)};
}

void keep_report(Connection& connection, const BundleReport& report) {
  connection.run(
      "INSERT OR REPLACE INTO bundle_reports (sha256, rules, problem, risk, malware, obfuscated, confidence, "
      "made_us, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      report.sha256, report.rules, report.problem, report.risk, report.malware, report.obfuscated,
      report.confidence, report.made_us, report.report);
}

base::Result<std::string> find_report(Connection& connection, std::int64_t workspace, std::string_view name,
                                      std::string_view version) {
  Statement row = connection.query(
      "SELECT a.sha256, a.report, a.problem FROM bundles b LEFT JOIN bundle_reports a ON a.sha256 = b.sha256 "
      "WHERE b.workspace = ? AND b.name = ? AND b.version = ?",
      workspace, name, version);
  const std::string what = std::string(name) + " " + std::string(version);
  if (!row.step()) return error(Errc::kNotFound, "no plugin \"" + what + "\" is offered");
  if (row.is_null(0)) return error(Errc::kNotFound, what + " is not audited yet; ask again in a moment");
  if (row.is_null(1)) {
    return error(Errc::kNotFound, "there is no report on " + what + ": " + row.string(2));
  }
  return row.string(1);
}

}  // namespace pilothouse::store::sqlite
