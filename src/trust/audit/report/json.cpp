#include <string>
#include <string_view>

#include "trust/audit/report/json_writer.h"
#include "trust/audit/report/report.h"

// The report as one JSON document; docs/audit.md describes it.
namespace pilothouse::audit {
namespace {

class Writer {
 public:
  explicit Writer(const Report& report) : report_(report), analysis_(report.analysis) {}

  std::string write() {
    out_.begin_object();
    fields(report_.whole);
    out_.key("modules");
    out_.begin_array();
    for (const Section& section : report_.modules) {
      out_.begin_object();
      out_.field("name", section.name);
      out_.field("path", section.path);
      fields(section);
      out_.end_object();
    }
    out_.end_array();
    findings();
    accepted();
    unread();
    subject();
    out_.field("rules", report_.rules);
    out_.field("format", kReportFormat);
    out_.end_object();
    return out_.take();
  }

 private:
  std::string_view path_of(std::uint32_t file) const {
    return file < analysis_.modules.size() ? std::string_view(analysis_.modules[file].path)
                                           : std::string_view();
  }

  void ids(const std::vector<std::uint32_t>& indexes) {
    out_.key("findings");
    out_.begin_array(true);
    for (const std::uint32_t index : indexes) out_.value(index + 1);
    out_.end_array();
  }

  void sentences(std::string_view name, const std::vector<Sentence>& all) {
    out_.key(name);
    out_.begin_array();
    for (const Sentence& sentence : all) {
      out_.begin_object();
      out_.field("sentence", sentence.text);
      ids(sentence.findings);
      out_.end_object();
    }
    out_.end_array();
  }

  void steps(const Finding& flow) {
    for (const Step& step : flow.steps) {
      out_.begin_object();
      out_.field("file", path_of(step.place.file));
      out_.field("line", step.place.line);
      out_.field("column", step.place.column);
      out_.field("function", step.function);
      out_.field("what", step.what);
      out_.field("code", step.code);
      out_.end_object();
    }
  }

  void flows(const std::vector<FlowSentence>& all) {
    out_.key("flows");
    out_.begin_array();
    for (const FlowSentence& sentence : all) {
      const Finding& flow = analysis_.findings[sentence.flow];
      const bool known = !sentence.rest && flow.source < report_.facts && flow.sink < report_.facts;
      out_.begin_object();
      out_.field("sentence", sentence.text);
      out_.field("source",
                 known ? std::string_view(analysis_.findings[flow.source].name) : std::string_view());
      out_.field("sink", known ? std::string_view(analysis_.findings[flow.sink].name) : std::string_view());
      out_.field("checked", sentence.rest ? std::string_view() : std::string_view(flow.checked));
      out_.key("functions");
      out_.begin_array(true);
      if (!sentence.rest) {
        for (const std::string& function : flow.functions) out_.value(function);
      }
      out_.end_array();
      out_.key("steps");
      out_.begin_array();
      if (!sentence.rest) steps(flow);
      out_.end_array();
      ids(sentence.findings);
      out_.end_object();
    }
    out_.end_array();
  }

  void fields(const Section& section) {
    sentences("purpose", section.purpose);
    sentences("sources", section.sources);
    sentences("sinks", section.sinks);
    flows(section.flows);
    sentences("anomalies", section.anomalies);
    sentences("analysis", section.analysis);
    sentences("conclusion", section.conclusion);
    out_.field("confidence", section.confidence.value);
    out_.field("obfuscated", section.obfuscated.value);
    out_.field("malware", section.malware.value);
    out_.field("securityRisk", section.security_risk.value);
    out_.field("report_number", section.report_number);
    out_.key("because");
    out_.begin_object();
    sentences("confidence", section.confidence.because);
    sentences("obfuscated", section.obfuscated.because);
    sentences("malware", section.malware.because);
    sentences("securityRisk", section.security_risk.because);
    out_.end_object();
  }

  void finding(std::uint32_t index) {
    const Finding& found = analysis_.findings[index];
    out_.begin_object();
    out_.field("id", index + 1);
    out_.field("rule", found.rule->id);
    out_.field("role", role_of(found));
    out_.field("file", path_of(found.place.file));
    out_.field("line", found.place.line);
    out_.field("column", found.place.column);
    out_.field("end_line", found.place.end_line);
    out_.field("end_column", found.place.end_column);
    out_.field("function", found.function);
    out_.field("message", found.message);
    out_.field("name", found.name);
    out_.field("code", found.code);
    out_.field("risk", found.weights.risk);
    out_.field("malware", found.weights.malware);
    out_.field("obfuscated", found.weights.obfuscated);
    if (found.rule->kind == Kind::kFlow) {
      out_.field("checked", found.checked);
      out_.field("source", found.source + 1);
      out_.field("sink", found.sink + 1);
    }
    if (!found.layers.empty()) {
      out_.key("layers");
      out_.begin_array(true);
      for (const std::string& layer : found.layers) out_.value(layer);
      out_.end_array();
    }
    if (index < report_.fingerprints.size()) out_.field("fingerprint", report_.fingerprints[index]);
    out_.end_object();
  }

  void findings() {
    out_.key("findings");
    out_.begin_array();
    for (std::uint32_t i = 0; i < analysis_.findings.size(); ++i) finding(i);
    out_.end_array();
  }

  void accepted() {
    out_.key("accepted");
    out_.begin_array();
    for (const Accepted& known : report_.accepted) {
      out_.begin_object(true);
      out_.field("finding", known.finding + 1);
      out_.field("reason", known.reason);
      out_.end_object();
    }
    out_.end_array();
  }

  void unread() {
    out_.key("unread");
    out_.begin_array();
    for (const Unread& file : analysis_.unread) {
      out_.begin_object(true);
      out_.field("path", file.path);
      out_.field("line", file.line);
      out_.field("reason", file.reason);
      out_.end_object();
    }
    out_.end_array();
  }

  void subject() {
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;
    for (const Module& module : analysis_.modules) {
      bytes += module.bytes;
      lines += module.lines;
    }
    out_.key("subject");
    out_.begin_object();
    out_.field("name", analysis_.name);
    out_.field("kind", analysis_.kind);
    out_.field("sha256", report_.sha256);
    out_.field("files", analysis_.modules.size());
    out_.field("bytes", bytes);
    out_.field("lines", lines);
    out_.end_object();
  }

  const Report& report_;
  const Analysis& analysis_;
  JsonWriter out_;
};

}  // namespace

std::string to_json(const Report& report) { return Writer(report).write(); }

}  // namespace pilothouse::audit
