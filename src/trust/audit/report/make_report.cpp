#include <map>
#include <string>
#include <utility>

#include "trust/audit/report/facts.h"
#include "trust/audit/report/prose.h"
#include "trust/audit/report/report.h"
#include "trust/audit/report/scope.h"
#include "trust/audit/report/score.h"
#include "trust/audit/report/words.h"
#include "trust/signatures/manifest.h"

namespace pilothouse::audit {
namespace {

void describe(Section& section, Scope& scope, const std::vector<std::uint32_t>& accepted) {
  section.purpose = purpose_of(scope);
  section.sources = sources_of(scope);
  section.sinks = sinks_of(scope);
  section.flows = flows_of(scope);
  section.anomalies = anomalies_of(scope);
  section.analysis = analysis_of(scope, section, accepted);
  section.conclusion = conclusion_of(scope, section);
}

Section section_of(Scope& scope, std::uint32_t index, const std::vector<std::uint32_t>& accepted) {
  Section section;
  section.security_risk = score_module(scope, Measure::kRisk);
  section.malware = score_module(scope, Measure::kMalware);
  section.obfuscated = score_module(scope, Measure::kObfuscated);
  section.confidence = score_confidence(scope, 0);
  describe(section, scope, accepted);
  section.report_number = index + 2;
  return section;
}

// Of a module that could not be read.
Section unread_section(FactBook& facts, std::uint32_t index, const std::string& reason) {
  const std::vector<std::uint32_t> evidence = {facts.add(Fact::kUnread, index, 1, reason, "file")};
  const Sentence nothing{"It was not read.", evidence};
  Section section;
  section.report_number = index + 2;
  section.purpose = {{"It could not be read: it " + shortened(reason, 300) + ".", evidence}};
  section.sources = section.sinks = section.anomalies = section.analysis = {nothing};
  section.conclusion = {{"Nothing is known of it: what could not be read may do anything.", evidence}};
  for (Score* score : {&section.confidence, &section.obfuscated, &section.malware, &section.security_risk}) {
    score->because = {nothing};
  }
  return section;
}

Section whole_of(Scope& scope, const std::vector<Section>& modules, std::size_t unread,
                 const std::vector<std::uint32_t>& accepted) {
  Section section;
  const auto highest = [&](Score Section::*score, Measure measure) {
    std::vector<const Score*> scores;
    scores.reserve(scope.modules.size());
    for (const std::uint32_t index : scope.modules) scores.push_back(&(modules[index].*score));
    return score_whole(scope, scores, measure);
  };
  section.security_risk = highest(&Section::security_risk, Measure::kRisk);
  section.malware = highest(&Section::malware, Measure::kMalware);
  section.obfuscated = highest(&Section::obfuscated, Measure::kObfuscated);
  section.confidence = score_confidence(scope, unread);
  describe(section, scope, accepted);
  return section;
}

// Files that were not read at all, with the reason.
std::map<std::string, std::string> unread_files(const Analysis& analysis) {
  std::map<std::string, std::string> unread;
  for (const Unread& file : analysis.unread) {
    if (file.line == 0) unread.try_emplace(file.path, file.reason);
  }
  for (const Module& module : analysis.modules) {
    if (module.lines > 0) unread.erase(module.path);  // what is unread is a part of it
  }
  return unread;
}

std::string subject_sha256(const Analysis& analysis) {
  std::string lines;
  for (const Module& module : analysis.modules) lines += module.sha256 + "  " + module.path + "\n";
  return trust::sha256_hex(lines);
}

}  // namespace

Report make_report(Analysis analysis, const RuleSet& rules, const Baseline& baseline) {
  Report report;
  report.sha256 = subject_sha256(analysis);
  report.rules = rules.digest;
  report.fingerprints = fingerprints_of(analysis);
  report.facts = static_cast<std::uint32_t>(analysis.findings.size());

  std::vector<std::uint32_t> accepted;
  std::vector<std::uint32_t> counting;
  std::vector<std::vector<std::uint32_t>> accepted_in(analysis.modules.size());
  std::vector<std::vector<std::uint32_t>> counting_in(analysis.modules.size());
  for (std::uint32_t i = 0; i < report.facts; ++i) {
    const auto known = baseline.reasons.find(report.fingerprints[i]);
    const bool is_accepted = known != baseline.reasons.end();
    if (is_accepted) {
      report.accepted.push_back({i, known->second});
      analysis.findings[i].weights = {};
    }
    (is_accepted ? accepted : counting).push_back(i);
    const std::uint32_t file = analysis.findings[i].place.file;
    if (file < analysis.modules.size()) (is_accepted ? accepted_in : counting_in)[file].push_back(i);
  }

  const std::map<std::string, std::string> unread = unread_files(analysis);
  const auto count = static_cast<std::uint32_t>(analysis.modules.size());
  FactBook facts(analysis);
  std::vector<std::uint32_t> read;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (const auto reason = unread.find(analysis.modules[i].path); reason != unread.end()) {
      report.modules.push_back(unread_section(facts, i, reason->second));
    } else {
      read.push_back(i);
      Scope scope(analysis, facts, rules, {i}, std::move(counting_in[i]));
      report.modules.push_back(section_of(scope, i, accepted_in[i]));
    }
    report.modules.back().name = analysis.modules[i].name;
    report.modules.back().path = analysis.modules[i].path;
  }
  if (count == 1 && unread.empty()) {
    report.whole = report.modules.front();
  } else {
    Scope scope(analysis, facts, rules, std::move(read), std::move(counting));
    report.whole = whole_of(scope, report.modules, unread.size(), accepted);
  }
  report.whole.report_number = 1;
  report.whole.name = analysis.name;
  report.whole.path.clear();
  report.analysis = std::move(analysis);
  return report;
}

std::string report_sha256(const Report& report) { return trust::sha256_hex(to_json(report)); }

bool weighs(const Finding& finding) {
  return finding.weights.risk > 0 || finding.weights.malware > 0 || finding.weights.obfuscated > 0;
}

std::string_view role_of(const Finding& finding) {
  if (is_fact(finding)) return "fact";
  switch (finding.rule->kind) {
    case Kind::kSource:
      return "source";
    case Kind::kSink:
      return "sink";
    case Kind::kFlow:
      return "flow";
    default:
      return "anomaly";
  }
}

}  // namespace pilothouse::audit
