#include "trust/audit/report/sarif.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "trust/audit/report/json_writer.h"
#include "trust/audit/report/words.h"

namespace pilothouse::audit {
namespace {

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";
constexpr std::string_view kFingerprint = "pilothouse/v1";

double heaviest(const Weights& weights) {
  return std::max({weights.risk, weights.malware, weights.obfuscated});
}

std::string_view level_of_weight(double weight) {
  if (weight >= 0.7) return "error";
  return weight >= 0.3 ? "warning" : "note";
}

// A path as a relative URI: all but unreserved characters and '/' are percent-encoded.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-._~/";
  std::string uri;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       kPlain.find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      uri += '%';
      uri += kHex[byte >> 4U];
      uri += kHex[byte & 15U];
    }
  }
  return uri;
}

class Writer {
 public:
  std::string write(const std::vector<const Report*>& reports) {
    out_.begin_object();
    out_.field("$schema", kSchema);
    out_.field("version", "2.1.0");
    out_.key("runs");
    out_.begin_array();
    for (const Report* report : reports) run(*report);
    out_.end_array();
    out_.end_object();
    return out_.take();
  }

 private:
  struct Result {
    std::uint32_t finding = 0;
    const Accepted* accepted = nullptr;
  };

  static std::vector<Result> results_of(const Report& report) {
    std::map<std::uint32_t, const Accepted*> accepted;
    for (const Accepted& known : report.accepted) accepted.emplace(known.finding, &known);
    std::vector<Result> results;
    for (std::uint32_t i = 0; i < report.facts; ++i) {
      const Finding& finding = report.analysis.findings[i];
      const auto known = accepted.find(i);
      if (known != accepted.end()) {
        results.push_back({i, known->second});
      } else if (weighs(finding) || finding.rule->kind == Kind::kFlow) {
        results.push_back({i, nullptr});
      }
    }
    return results;
  }

  void text(std::string_view name, std::string_view content) {
    out_.key(name);
    out_.begin_object();
    out_.field("text", content);
    out_.end_object();
  }

  void rule(const Rule& rule) {
    out_.begin_object();
    out_.field("id", rule.id);
    text("shortDescription", rule.title.empty() ? rule.id : rule.title);
    std::string help = rule.about.empty() ? (rule.title.empty() ? rule.id : rule.title) : rule.about;
    text("fullDescription", help);
    for (const std::string& reference : rule.references) help += "\n" + reference;
    text("help", help);
    if (!rule.references.empty() && rule.references.front().starts_with("https://")) {
      out_.field("helpUri", rule.references.front());
    }
    out_.key("defaultConfiguration");
    out_.begin_object();
    out_.field("level", level_of_weight(heaviest(rule.weights)));
    out_.end_object();
    out_.key("properties");
    out_.begin_object();
    out_.key("tags");
    out_.begin_array(true);
    out_.value("security");
    if (rule.cwe > 0) {
      const std::string number = std::to_string(rule.cwe);
      out_.value("external/cwe/cwe-" + std::string(number.size() < 3 ? 3 - number.size() : 0, '0') + number);
    }
    out_.end_array();
    out_.field("security-severity", decimals(10 * heaviest(rule.weights)));
    out_.end_object();
    out_.end_object();
  }

  void artifact_location(const Report& report, std::uint32_t file) {
    out_.key("artifactLocation");
    out_.begin_object();
    out_.field("uri", uri_of(report.analysis.modules[file].path));
    out_.field("index", file);
    out_.end_object();
  }

  void location_members(const Report& report, const Place& place, std::string_view function,
                        std::string_view code) {
    if (place.file < report.analysis.modules.size()) {
      out_.key("physicalLocation");
      out_.begin_object();
      artifact_location(report, place.file);
      if (place.line > 0) region(place, code);
      out_.end_object();
    }
    if (!function.empty()) {
      out_.key("logicalLocations");
      out_.begin_array();
      out_.begin_object();
      out_.field("fullyQualifiedName", function);
      out_.field("kind", "function");
      out_.end_object();
      out_.end_array();
    }
  }

  void region(const Place& place, std::string_view code) {
    out_.key("region");
    out_.begin_object();
    out_.field("startLine", place.line);
    out_.field("startColumn", std::max(place.column, 1U));
    if (place.end_line >= place.line) {
      out_.field("endLine", place.end_line);
      out_.field("endColumn", std::max(place.end_column, 1U));
    }
    if (!code.empty()) text("snippet", code);
    out_.end_object();
  }

  void code_flow(const Report& report, const Finding& flow) {
    out_.key("codeFlows");
    out_.begin_array();
    out_.begin_object();
    out_.key("threadFlows");
    out_.begin_array();
    out_.begin_object();
    out_.key("locations");
    out_.begin_array();
    for (const Step& step : flow.steps) {
      out_.begin_object();
      out_.key("location");
      out_.begin_object();
      location_members(report, step.place, step.function, step.code);
      text("message", step.what);
      out_.end_object();
      out_.end_object();
    }
    out_.end_array();
    out_.end_object();
    out_.end_array();
    out_.end_object();
    out_.end_array();
  }

  void result(const Report& report, const Result& result, std::size_t rule_index) {
    const Finding& finding = report.analysis.findings[result.finding];
    out_.begin_object();
    out_.field("ruleId", finding.rule->id);
    out_.field("ruleIndex", rule_index);
    // The weights of what was accepted are gone; the rule's own stay.
    out_.field("level", level_of_weight(
                            heaviest(result.accepted == nullptr ? finding.weights : finding.rule->weights)));
    std::string message = finding.message.empty() ? finding.rule->title : finding.message;
    if (!finding.function.empty()) message = finding.function + ": " + message;
    text("message", message.empty() ? finding.rule->id : message);
    out_.key("locations");
    out_.begin_array();
    out_.begin_object();
    location_members(report, finding.place, finding.function, finding.code);
    out_.end_object();
    out_.end_array();
    if (!finding.steps.empty()) code_flow(report, finding);
    out_.key("partialFingerprints");
    out_.begin_object();
    out_.field(kFingerprint, report.fingerprints[result.finding]);
    out_.end_object();
    if (result.accepted != nullptr) {
      out_.key("suppressions");
      out_.begin_array();
      out_.begin_object();
      out_.field("kind", "external");
      if (!result.accepted->reason.empty()) out_.field("justification", result.accepted->reason);
      out_.end_object();
      out_.end_array();
    }
    out_.key("properties");
    out_.begin_object();
    out_.field("risk", finding.weights.risk);
    out_.field("malware", finding.weights.malware);
    out_.field("obfuscated", finding.weights.obfuscated);
    if (!finding.checked.empty()) out_.field("checked", finding.checked);
    out_.end_object();
    out_.end_object();
  }

  void artifacts(const Report& report) {
    out_.key("artifacts");
    out_.begin_array();
    for (const Module& module : report.analysis.modules) {
      out_.begin_object();
      out_.key("location");
      out_.begin_object();
      out_.field("uri", uri_of(module.path));
      out_.end_object();
      out_.field("length", module.bytes);
      out_.field("sourceLanguage", "python");
      out_.key("hashes");
      out_.begin_object();
      out_.field("sha-256", module.sha256);
      out_.end_object();
      out_.end_object();
    }
    out_.end_array();
  }

  void notification(std::string_view path, std::uint32_t line, std::string_view message) {
    out_.begin_object();
    out_.field("level", "warning");
    text("message", message);
    out_.key("locations");
    out_.begin_array();
    out_.begin_object();
    out_.key("physicalLocation");
    out_.begin_object();
    out_.key("artifactLocation");
    out_.begin_object();
    out_.field("uri", uri_of(path));
    out_.end_object();
    if (line > 0) {
      out_.key("region");
      out_.begin_object();
      out_.field("startLine", line);
      out_.end_object();
    }
    out_.end_object();
    out_.end_object();
    out_.end_array();
    out_.end_object();
  }

  void invocation(const Report& report) {
    out_.key("invocations");
    out_.begin_array();
    out_.begin_object();
    out_.field("executionSuccessful", true);
    out_.key("toolExecutionNotifications");
    out_.begin_array();
    for (const Unread& file : report.analysis.unread) {
      notification(file.path, file.line, "It was not read: it " + file.reason + ".");
    }
    for (const Module& module : report.analysis.modules) {
      if (module.exhausted) notification(module.path, 0, "A bound was met: findings may be missing.");
    }
    out_.end_array();
    out_.end_object();
    out_.end_array();
  }

  void run(const Report& report) {
    const std::vector<Result> results = results_of(report);
    std::map<std::string_view, const Rule*> rules;
    for (const Result& found : results) {
      const Rule* rule = report.analysis.findings[found.finding].rule;
      rules.emplace(rule->id, rule);
    }
    std::map<std::string_view, std::size_t> numbers;
    for (const auto& [id, rule] : rules) numbers.emplace(id, numbers.size());

    out_.begin_object();
    out_.key("tool");
    out_.begin_object();
    out_.key("driver");
    out_.begin_object();
    out_.field("name", "pilothouse audit");
    out_.field("version", PILOTHOUSE_VERSION);
    out_.key("rules");
    out_.begin_array();
    for (const auto& [id, which] : rules) rule(*which);
    out_.end_array();
    out_.end_object();
    out_.end_object();
    invocation(report);
    artifacts(report);
    out_.key("results");
    out_.begin_array();
    for (const Result& found : results) {
      result(report, found, numbers.at(report.analysis.findings[found.finding].rule->id));
    }
    out_.end_array();
    out_.field("columnKind", "unicodeCodePoints");
    out_.key("properties");
    out_.begin_object();
    out_.field("subject", report.analysis.name);
    out_.field("sha256", report.sha256);
    out_.field("confidence", report.whole.confidence.value);
    out_.field("obfuscated", report.whole.obfuscated.value);
    out_.field("malware", report.whole.malware.value);
    out_.field("securityRisk", report.whole.security_risk.value);
    out_.end_object();
    out_.end_object();
  }

  JsonWriter out_;
};

}  // namespace

std::string to_sarif(const std::vector<const Report*>& reports) { return Writer().write(reports); }

}  // namespace pilothouse::audit
