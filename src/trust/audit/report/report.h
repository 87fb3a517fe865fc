#pragma once

#include <string>
#include <vector>

#include "trust/audit/analysis.h"

namespace pilothouse::audit {

// A sentence and the findings that it is made from, as indexes into Analysis::findings.
struct Sentence {
  std::string text;
  std::vector<std::uint32_t> findings;
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
  std::vector<Sentence> purpose, sources, sinks, flows, anomalies, analysis, conclusion;
  Score confidence, obfuscated, malware, security_risk;
};

struct Report {
  Analysis analysis;
  std::string sha256;  // of what was audited: SHA-256 over "<sha256>  <path>\n" of each module
  std::string rules;   // RuleSet::digest
  std::vector<std::string> accepted;  // fingerprints of a baseline that matched
  Section whole;
  std::vector<Section> modules;
};

// Only what the analysis holds is said. The same analysis gives the same report.
Report make_report(Analysis analysis, const RuleSet& rules);

// One JSON document, keys in a fixed order, LF at the end, byte for byte the same for the same report.
std::string to_json(const Report& report);

// SHA-256 of to_json(): what a bundle's manifest holds.
std::string report_sha256(const Report& report);

}  // namespace pilothouse::audit
