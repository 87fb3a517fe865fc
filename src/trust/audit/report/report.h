#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trust/audit/analysis.h"
#include "trust/audit/report/baseline.h"

namespace pilothouse::audit {

inline constexpr std::string_view kReportFormat = "pilothouse-audit-report/1";

// A sentence and the findings that it is made from, as indexes into Analysis::findings. There is at least
// one.
struct Sentence {
  std::string text;
  std::vector<std::uint32_t> findings;
};

// What is said of flows that are alike: from calls of one name to calls of one name, within one function.
struct FlowSentence {
  std::string text;
  std::vector<std::uint32_t> findings;  // the flows first, then their sources and sinks
  std::uint32_t flow = 0;               // the first of them, whose steps are shown
  bool rest = false;                    // of the flows for which there was no room; none of them is shown
};

// A score with what it was made from, the strongest first.
struct Score {
  double value = 0;  // 0 to 1, two decimals
  std::vector<Sentence> because;
};

// What is said of one module, or of the whole.
struct Section {
  std::uint32_t report_number = 0;  // 1 is the whole; modules follow by path
  std::string name;
  std::string path;
  std::vector<Sentence> purpose, sources, sinks;
  std::vector<FlowSentence> flows;
  std::vector<Sentence> anomalies, analysis, conclusion;
  Score confidence, obfuscated, malware, security_risk;
};

struct Report {
  Analysis analysis;        // its findings, and behind them the facts
  std::uint32_t facts = 0;  // the first fact among Analysis::findings
  std::string sha256;       // of what was audited: SHA-256 over "<sha256>  <path>\n" of each module
  std::string rules;        // RuleSet::digest
  std::vector<std::string> fingerprints;  // of each finding, see baseline.h; facts have none
  std::vector<Accepted> accepted;         // findings that the baseline knows, ascending
  Section whole;
  std::vector<Section> modules;
};

// Only what the analysis holds is said. The same analysis gives the same report. The rules must outlive it.
Report make_report(Analysis analysis, const RuleSet& rules, const Baseline& baseline = {});

// One JSON document, keys in a fixed order, LF at the end, byte for byte the same for the same report.
std::string to_json(const Report& report);

// SHA-256 of to_json(): what a bundle's manifest holds.
std::string report_sha256(const Report& report);

// Whether a finding adds anything to a score.
bool weighs(const Finding& finding);

// "source", "sink", "flow", "anomaly" or "fact".
std::string_view role_of(const Finding& finding);

}  // namespace pilothouse::audit
