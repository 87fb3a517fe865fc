#include <algorithm>
#include <set>
#include <string>

#include "base/fuzz.h"
#include "base/utf8.h"
#include "trust/audit/engine/analyze.h"
#include "trust/audit/report/report.h"
#include "trust/audit/rules/rules.h"

using namespace pilothouse;
using base::fuzz_expect;

namespace {

// One file, or several, each behind a line "--- path".
audit::Input input_of(std::string_view bytes) {
  constexpr std::size_t kMostFiles = 8;
  audit::Input input;
  input.name = "plugin";
  input.kind = "directory";
  std::set<std::string> paths;
  const auto file = [&](std::string_view path) {
    const bool good =
        base::is_utf8(path) && !path.empty() && path.size() < 80 && input.files.size() < kMostFiles;
    if (!good || !paths.emplace(path).second) return false;
    input.files.push_back({.path = std::string(path), .bytes = {}, .on_disk = {}});
    return true;
  };
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (line.starts_with("--- ") && file(line.substr(4))) continue;
    if (input.files.empty()) file("plugin.py");
    input.files.back().bytes.append(line).push_back('\n');
  }
  std::ranges::sort(input.files, {}, &audit::SourceFile::path);
  return input;
}

void check(const audit::Analysis& analysis) {
  const auto& findings = analysis.findings;
  for (const audit::Finding& finding : findings) {
    fuzz_expect(finding.rule != nullptr && finding.place.file < analysis.modules.size());
    fuzz_expect(finding.place.line > 0 && finding.place.column > 0);
    fuzz_expect(finding.weights.risk >= 0 && finding.weights.risk <= 1);
    fuzz_expect((finding.rule->kind == audit::Kind::kFlow) == !finding.steps.empty());
    if (finding.steps.empty()) continue;
    fuzz_expect(finding.source < findings.size() && finding.sink < findings.size());
    fuzz_expect(findings[finding.source].rule->kind == audit::Kind::kSource);
    fuzz_expect(findings[finding.sink].rule->kind == audit::Kind::kSink);
  }
}

}  // namespace

// Whatever the sources are, they are read within bounds, twice the same, and make a report.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const audit::RuleSet kRules = audit::load_rules().value();
  static audit::RuleIndex index(kRules);
  audit::AuditLimits limits;
  limits.max_steps = 3'000;
  limits.parse_rounds = 20'000;
  const audit::Input input = input_of(base::fuzz_text(data, size));
  audit::Analysis analysis = audit::analyze(input, index, limits);
  check(analysis);
  const std::string report = audit::to_json(audit::make_report(std::move(analysis), kRules));
  fuzz_expect(base::is_utf8(report));
  constexpr std::size_t kTwice = 512;
  if (size <= kTwice) {
    const std::string again =
        audit::to_json(audit::make_report(audit::analyze(input, index, limits), kRules));
    fuzz_expect(report == again);
  }
  return 0;
}
