#include "trust/audit/engine/test_programs.h"

#include <algorithm>

namespace pilothouse::audit::test {
namespace {

constexpr std::string_view kRuns[] = {"code", "unpickle", "command", "native", "import", "attribute"};

struct Line {
  std::string path;
  std::size_t number;
  std::string_view text;
};

std::vector<Line> lines_of(std::string_view program) {
  std::vector<Line> lines;
  std::string path = "plugin.py";
  std::size_t number = 0;
  if (program.starts_with('\n')) program.remove_prefix(1);
  while (!program.empty()) {
    const std::size_t end = std::min(program.find('\n'), program.size());
    const std::string_view text = program.substr(0, end);
    program.remove_prefix(std::min(end + 1, program.size()));
    if (text.starts_with("--- ")) {
      path = text.substr(4);
      number = 0;
      lines.push_back({path, 0, ""});
    } else {
      lines.push_back({path, ++number, text});
    }
  }
  return lines;
}

}  // namespace

Input input_of(std::string_view program) {
  Input input;
  input.name = "plugin";
  input.kind = "directory";
  for (const Line& line : lines_of(program)) {
    if (input.files.empty() || input.files.back().path != line.path)
      input.files.push_back({.path = line.path, .bytes = {}, .on_disk = {}});
    if (line.number > 0) input.files.back().bytes += std::string(line.text) + "\n";
  }
  std::ranges::sort(input.files, {}, &SourceFile::path);
  return input;
}

const RuleSet& rules() {
  static const RuleSet kLoaded = load_rules().value();
  return kLoaded;
}

Analysis analysis_of(const Input& input, const AuditLimits& limits) {
  return analyze(input, rules(), limits);
}

Analysis analysis_of(std::string_view program, const AuditLimits& limits) {
  return analysis_of(input_of(program), limits);
}

std::set<std::string> flows_of(const Analysis& analysis) {
  const auto place = [&](const Place& at) {
    return analysis.modules[at.file].path + ":" + std::to_string(at.line);
  };
  std::set<std::string> result;
  for (const Finding& finding : analysis.findings) {
    if (finding.rule->kind != Kind::kFlow) continue;
    const Finding& source = analysis.findings[finding.source];
    const Finding& sink = analysis.findings[finding.sink];
    if (source.rule->label != "network") continue;
    if (std::ranges::find(kRuns, sink.rule->category) == std::end(kRuns)) continue;
    const std::string checked = finding.checked.empty() ? "" : " " + finding.checked;
    result.insert(place(source.place) + " -> " + place(sink.place) + checked);
  }
  return result;
}

std::set<std::string> marked_flows(std::string_view program) {
  const auto lines = lines_of(program);
  const auto place = [](const Line& line) { return line.path + ":" + std::to_string(line.number); };
  std::set<std::string> result;
  for (const Line& from : lines) {
    if (!from.text.ends_with("# from")) continue;
    for (const Line& to : lines) {
      const std::size_t mark = to.text.find("# to");
      if (mark == std::string_view::npos) continue;
      const std::size_t check = to.text.find(", ", mark);
      const std::string proof =
          check == std::string_view::npos ? "" : " " + std::string(to.text.substr(check + 2));
      result.insert(place(from) + " -> " + place(to) + proof);
    }
  }
  return result;
}

void expect_marked(std::string_view program) {
  const Analysis analysis = analysis_of(program);
  EXPECT_TRUE(analysis.unread.empty()) << program;
  const auto marked = marked_flows(program);
  EXPECT_FALSE(marked.empty()) << program;
  EXPECT_EQ(flows_of(analysis), marked) << program << "where there is\n" << findings_of(analysis);
}

void expect_silent(std::string_view program) {
  const Analysis analysis = analysis_of(program);
  EXPECT_TRUE(analysis.unread.empty()) << program;
  EXPECT_EQ(flows_of(analysis), std::set<std::string>()) << program << "where there is\n"
                                                         << findings_of(analysis);
}

std::string findings_of(const Analysis& analysis) {
  std::string result;
  for (const Finding& finding : analysis.findings) {
    result += finding.rule->id + " " + analysis.modules[finding.place.file].path + ":" +
              std::to_string(finding.place.line) + ": " + finding.message + "\n";
    for (const Step& step : finding.steps)
      result += "    " + std::to_string(step.place.line) + " " + step.what + "\n";
  }
  return result;
}

bool has_rule(const Analysis& analysis, std::string_view id) {
  return std::ranges::any_of(analysis.findings,
                             [&](const Finding& finding) { return finding.rule->id == id; });
}

TEST_P(Twins, OneIsReportedTheOtherIsNot) {
  expect_marked(GetParam().reported);
  expect_silent(GetParam().silent);
}

}  // namespace pilothouse::audit::test
