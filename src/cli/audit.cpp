#include "cli/audit.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "cli/audit_lines.h"
#include "cli/audit_text.h"
#include "cli/plugin.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "trust/audit/audit.h"
#include "trust/audit/report/report.h"
#include "trust/audit/report/sarif.h"
#include "trust/audit/report/words.h"
#include "trust/audit/rules/rules.h"

namespace pilothouse::cli {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::error;

struct Flags {
  std::vector<std::string> subjects;
  bool text = false;
  bool json = false;
  bool sarif = false;
  std::string output;
  std::string rules;
  std::string explain;
  bool list = false;
  std::string baseline;
  std::string write_baseline;
  double fail_above = -1;
  std::size_t limit = 20;
  std::string color = "auto";
};

// In place of a file, or new; a pipe or a device is written to.
base::Result<void> write_file(const std::string& file, std::string_view bytes) {
  constexpr unsigned kMode = 0644;
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(file, ignored);
  if (!fs::exists(status) || fs::is_regular_file(status)) {
    const auto written = base::replace_file(file, bytes, kMode);
    if (!written) return local_failure(written.error());
    return {};
  }
  std::ofstream stream(file, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) return error(Errc::kStorage, one_line(file) + ": cannot be written");
  return {};
}

AuditStyle style_of(const Flags& flags, const Terminal& terminal) {
  const bool to_terminal = terminal.interactive && flags.output.empty();
  constexpr std::size_t kWidest = 110;
  AuditStyle style;
  style.utf8 = terminal.utf8;
  style.color = flags.color == "always" || (flags.color == "auto" && to_terminal && terminal.color);
  style.width = to_terminal ? std::clamp<std::size_t>(terminal.width, 40, kWidest) : 100;
  return style;
}

// Takes the reports in one after the other and gives one text.
class Sheet {
 public:
  Sheet(const Flags& flags, const AuditStyle& style, const audit::InputLimits& limits)
      : flags_(flags), style_(style), limits_(limits) {}

  void take(const audit::Input& input, audit::Report report) {
    if (flags_.json) {
      std::string text = audit::to_json(report);
      text.pop_back();
      texts_.push_back(std::move(text));
    } else if (!flags_.sarif) {
      AuditLines lines(input, limits_);
      const LineOf line_of = [&](std::string_view path, std::uint32_t line) {
        return lines.line(path, line);
      };
      texts_.push_back(audit_text(report, style_, line_of, flags_.limit));
    }
    if (flags_.sarif || !flags_.write_baseline.empty())
      reports_.push_back(std::make_unique<audit::Report>(std::move(report)));
  }

  std::string text() const {
    if (flags_.sarif) return audit::to_sarif(reports());
    if (!flags_.json) return joined("\n\n");
    return flags_.subjects.size() == 1 ? joined("") + "\n" : "[\n" + joined(",\n") + "\n]\n";
  }

  std::string baseline() const { return audit::write_baseline(reports()); }

 private:
  std::vector<const audit::Report*> reports() const {
    std::vector<const audit::Report*> all;
    all.reserve(reports_.size());
    for (const auto& report : reports_) all.push_back(report.get());
    return all;
  }

  std::string joined(std::string_view between) const {
    std::string text;
    for (const std::string& one : texts_) text.append(text.empty() ? "" : between).append(one);
    return text;
  }

  const Flags& flags_;
  const AuditStyle& style_;
  const audit::InputLimits& limits_;
  std::vector<std::string> texts_;
  std::vector<std::unique_ptr<audit::Report>> reports_;
};

// What the audits end with, if not with success.
class Outcome {
 public:
  explicit Outcome(double fail_above) : fail_above_(fail_above) {}

  void cannot_open(const base::Error& why) {
    print_failure(why);
    unread_ = true;
  }

  void look_at(const std::string& subject, const audit::Report& report) {
    const audit::Analysis& analysis = report.analysis;
    const bool nothing = report.whole.confidence.value <= 0;
    if (nothing && !analysis.unread.empty()) miss(subject, "nothing of it could be read");
    if (fail_above_ < 0) return;
    compare(subject, "risk", report.whole.security_risk.value);
    compare(subject, "malware score", report.whole.malware.value);
    // Who gates on the risk must not take what was not read for harmless.
    if (nothing) {
      if (analysis.unread.empty()) miss(subject, "there is no Python source in it");
      return;
    }
    const auto files = std::count_if(analysis.unread.begin(), analysis.unread.end(),
                                     [](const audit::Unread& file) { return file.line == 0; });
    if (files > 0) miss(subject, count(files, "file") + " could not be read");
    const auto modules = std::count_if(analysis.modules.begin(), analysis.modules.end(),
                                       [](const audit::Module& module) { return module.exhausted; });
    if (modules > 0) miss(subject, count(modules, "module") + " met a bound of time or memory");
  }

  ExitCode exit_code() const {
    return too_risky_ ? ExitCode::kTooRisky : unread_ ? ExitCode::kUnread : ExitCode::kOk;
  }

 private:
  static std::string count(std::ptrdiff_t number, std::string_view thing) {
    return audit::count_of(static_cast<std::uint64_t>(number), thing);
  }

  void miss(const std::string& subject, const std::string& why) {
    say(subject + ": " + why);
    unread_ = true;
  }

  void compare(const std::string& subject, const std::string& what, double score) {
    if (score <= fail_above_) return;
    say(subject + ": its " + what + " is " + audit::decimals(score) + ", above " +
        audit::decimals(fail_above_));
    too_risky_ = true;
  }

  static void say(const std::string& text) {
    std::fputs(("pilothouse: " + one_line(text) + "\n").c_str(), stderr);
  }

  const double fail_above_;
  bool too_risky_ = false;
  bool unread_ = false;
};

base::Result<audit::Baseline> read_baseline(const std::string& file) {
  if (file.empty()) return audit::Baseline();
  const auto text = base::read_file(file, audit::kMaxBaseline);
  if (!text) return local_failure(text.error());
  auto baseline = audit::read_baseline(*text);
  if (!baseline) return error(baseline.error().code, one_line(file) + ": " + baseline.error().message);
  return baseline;
}

audit::Analysis watched(const audit::Input& input, const audit::RuleSet& rules,
                        const audit::AuditLimits& limits) {
  Progress progress;
  const std::string name = one_line(input.name);
  return audit::analyze(input, rules, limits, [&](std::size_t done, std::size_t all) {
    progress.show(name + ": " + std::to_string(done) + " of " + std::to_string(all) + " modules");
  });
}

base::Result<void> write_out(const Flags& flags, const std::string& text) {
  if (!flags.output.empty()) return write_file(flags.output, text);
  Output out;
  out.write(text);
  return out.finish();
}

base::Result<void> run_audit(Context& context, const Flags& flags) {
  const AuditStyle style = style_of(flags, context.terminal);
  const auto rules =
      audit::load_rules(flags.rules.empty() ? std::optional<fs::path>() : fs::path(flags.rules));
  if (!rules) return local_failure(rules.error());
  if (flags.list) return write_out(flags, list_rules(*rules, style));
  if (!flags.explain.empty()) {
    const auto text = explain_rule(*rules, flags.explain, style);
    if (!text) return text.error();
    return write_out(flags, *text);
  }
  if (flags.subjects.empty())
    return error(Errc::kInvalidArgument, "say what to audit: a file, directory or archive");
  const auto baseline = read_baseline(flags.baseline);
  if (!baseline) return baseline.error();

  const audit::AuditLimits limits;
  Sheet sheet(flags, style, limits.input);
  Outcome outcome(flags.fail_above);
  for (const std::string& subject : flags.subjects) {
    const auto input = audit::open_input(subject, limits.input);
    if (!input) {
      outcome.cannot_open(local_failure(input.error()));
      continue;
    }
    audit::Report report = audit::make_report(watched(*input, *rules, limits), *rules, *baseline);
    outcome.look_at(subject, report);
    sheet.take(*input, std::move(report));
  }
  context.exit_code = outcome.exit_code();
  if (!flags.write_baseline.empty()) {
    if (const auto written = write_file(flags.write_baseline, sheet.baseline()); !written)
      return written.error();
  }
  return write_out(flags, sheet.text());
}

}  // namespace

void add_audit(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb =
      app.add_subcommand("audit", "Read Python source as a security analyst would; nothing of it is run");
  verb->add_option("SUBJECT", flags->subjects, "Files, directories, wheels, sdists or bundles");
  auto* text = verb->add_flag("--text", flags->text, "For people; this is the default");
  auto* json =
      verb->add_flag("--json", flags->json, "The whole report as JSON; an array when there are several");
  auto* sarif = verb->add_flag("--sarif", flags->sarif, "SARIF 2.1.0, for code hosts and editors");
  text->excludes(json)->excludes(sarif);
  json->excludes(sarif);
  verb->add_option("-o,--output", flags->output, "Write to this file, in place of what it holds");
  verb->add_option("--rules", flags->rules, "A directory with more rules, in files *.yaml");
  verb->add_option("--explain", flags->explain, "Only say what a rule looks for, and why");
  verb->add_flag("--list-rules", flags->list, "Only list the rules");
  verb->add_option("--baseline", flags->baseline, "A file with findings that are accepted and do not weigh");
  verb->add_option("--write-baseline", flags->write_baseline,
                   "Make such a file of what weighs now; reasons are kept");
  verb->add_option("--fail-above", flags->fail_above,
                   "Exit with 6 when risk or malware is above this, from 0 to 1")
      ->check(CLI::Range(0.0, 1.0));
  verb->add_option("--limit", flags->limit, "How many findings the text shows, the heaviest; 0: all")
      ->capture_default_str();
  verb->add_option("--color", flags->color, "auto, always or never")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "always", "never"}));
  verb->footer(
      "The same input and rules give the same bytes. It asks no hub, and reads no configuration.\n\n"
      "Exit codes: 0 done; 6 risk or malware of one of them is above --fail-above;\n"
      "7 nothing of one of them could be read, or, with --fail-above, not all of it;\n"
      "1 another failure; 2 wrong usage; 5 no such rule\n\n"
      "Examples:\n"
      "  pilothouse audit plugin.py\n"
      "  pilothouse audit src dist/*.whl --json -o audit.json\n"
      "  pilothouse audit src --sarif -o audit.sarif --baseline audit-baseline.json --fail-above 0.5\n"
      "  pilothouse audit --list-rules");
  verb->callback(
      [&context, flags] { context.verb = [&context, flags] { return run_audit(context, *flags); }; });
}

}  // namespace pilothouse::cli
