#include "cli/audit_text.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "cli/text.h"
#include "trust/audit/report/words.h"

namespace pilothouse::cli {
namespace {

constexpr std::size_t kBarCells = 20;
constexpr std::size_t kMostUnread = 10;

double heaviest(const audit::Weights& weights) {
  return std::max({weights.risk, weights.malware, weights.obfuscated});
}

class Text {
 public:
  Text(const audit::Report& report, const AuditStyle& style, const LineOf& lines)
      : report_(report), analysis_(report.analysis), style_(style), lines_(lines) {}

  std::string write(std::size_t limit) {
    header();
    scores();
    sentences("Purpose", report_.whole.purpose);
    sentences("Conclusion", report_.whole.conclusion);
    const std::vector<std::uint32_t> all = weighing();
    const std::vector<std::uint32_t> shown = heaviest_of(all, limit);
    findings(shown);
    unread();
    footer(shown, all.size());
    return std::move(out_);
  }

 private:
  void header() {
    std::uint64_t lines = 0;
    for (const audit::Module& module : analysis_.modules) lines += module.lines;
    const bool one = analysis_.modules.size() == 1;
    out_ += style_.paint(Ink::kBold, one_line(analysis_.name)) + "  " + one_line(analysis_.kind) + ", " +
            (one ? std::string() : audit::count_of(analysis_.modules.size(), "module") + ", ") +
            audit::count_of(lines, "line") + "\n\n";
  }

  void score(std::string_view name, const audit::Score& score, bool high_is_bad) {
    const auto full = static_cast<std::size_t>(std::lround(score.value * kBarCells));
    std::string bar;
    for (std::size_t i = 0; i < kBarCells; ++i) {
      bar += i < full ? style_.box("\xE2\x96\x88", "#") : style_.box("\xE2\x96\x91", ".");
    }
    const Ink ink = !high_is_bad         ? Ink::kBlue
                    : score.value >= 0.7 ? Ink::kRed
                    : score.value >= 0.4 ? Ink::kYellow
                                         : Ink::kGreen;
    std::string title(name);
    title.resize(12, ' ');
    out_ += "  " + title + style_.paint(ink, bar) + "  " + audit::decimals(score.value) + "\n";
  }

  void scores() {
    score("risk", report_.whole.security_risk, true);
    score("malware", report_.whole.malware, true);
    score("obfuscated", report_.whole.obfuscated, true);
    score("confidence", report_.whole.confidence, false);
  }

  void sentences(std::string_view title, const std::vector<audit::Sentence>& all) {
    out_ += "\n" + style_.paint(Ink::kBold, title) + "\n";
    for (const audit::Sentence& sentence : all) out_ += style_.wrap(sentence.text, 2);
  }

  // What is shown: what weighs, and every flow; not what a baseline knows.
  std::vector<std::uint32_t> weighing() const {
    std::set<std::uint32_t> accepted;
    for (const audit::Accepted& known : report_.accepted) accepted.insert(known.finding);
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = 0; i < report_.facts; ++i) {
      const audit::Finding& finding = analysis_.findings[i];
      const bool shown = audit::weighs(finding) || finding.rule->kind == audit::Kind::kFlow;
      if (shown && accepted.count(i) == 0) all.push_back(i);
    }
    return all;
  }

  std::vector<std::uint32_t> heaviest_of(std::vector<std::uint32_t> all, std::size_t limit) const {
    if (limit == 0 || all.size() <= limit) return all;
    std::stable_sort(all.begin(), all.end(), [&](std::uint32_t a, std::uint32_t b) {
      return heaviest(analysis_.findings[a].weights) > heaviest(analysis_.findings[b].weights);
    });
    all.resize(limit);
    std::sort(all.begin(), all.end());
    return all;
  }

  void findings(const std::vector<std::uint32_t>& shown) {
    const std::string* path = nullptr;
    for (const std::uint32_t index : shown) {
      const audit::Finding& found = analysis_.findings[index];
      if (found.place.file >= analysis_.modules.size()) continue;
      const std::string& here = analysis_.modules[found.place.file].path;
      if (path == nullptr || *path != here) module_line(here);
      path = &here;
      finding(found, here);
    }
  }

  void module_line(const std::string& path) {
    const std::string name = cut_to_width(one_line(path), style_.width > 20 ? style_.width - 8 : 12);
    const std::size_t used = display_width(name) + 4;
    std::string rule;
    for (std::size_t i = used; i < style_.width; ++i) rule += style_.box("\xE2\x94\x80", "-");
    const std::string start(style_.box("\xE2\x94\x80\xE2\x94\x80", "--"));
    out_ += "\n" + style_.paint(Ink::kBlue, start) + " " + style_.paint(Ink::kBold, name) + " " +
            style_.paint(Ink::kBlue, rule) + "\n";
  }

  void finding(const audit::Finding& found, const std::string& path) {
    const double weight = heaviest(found.weights);
    const Severity severity = severity_of(weight);
    const std::string message = found.message.empty() ? found.rule->title : found.message;
    std::string where =
        one_line(path) + ":" + std::to_string(found.place.line) + ":" + std::to_string(found.place.column);
    if (!found.function.empty()) where += " in " + one_line(found.function);
    out_ += "\n" + style_.paint(severity.ink, severity.word) +
            style_.paint(Ink::kBold,
                         "[" + one_line(found.rule->id) + "]: " + cut_to_width(one_line(message), 300)) +
            "\n";
    out_ += " " + style_.paint(Ink::kBlue, style_.box("\xE2\x94\x80\xE2\x94\x80>", "-->")) + " " + where +
            "   " + style_.paint(Ink::kFaint, weights_of(found.weights)) + "\n";
    out_ += code_frame(style_, lines_, path, found.place, found.code, severity.ink);
    if (!found.steps.empty()) {
      out_ += "\n" + flow_drawing(style_, analysis_, found);
      out_ += "  = " +
              (found.checked.empty() ? std::string("nothing checks it on the way")
                                     : "checked first: " + one_line(found.checked)) +
              "\n";
    }
    if (!found.layers.empty()) {
      std::vector<std::string> layers;
      layers.reserve(found.layers.size());
      for (const std::string& layer : found.layers) layers.push_back(one_line(layer));
      out_ += "  = undone to see it: " + audit::list_of(layers, 6) + "\n";
    }
  }

  static std::string weights_of(const audit::Weights& weights) {
    std::string text;
    const auto add = [&](std::string_view name, double weight) {
      if (weight <= 0) return;
      text += text.empty() ? "" : ", ";
      text.append(name).append(" ").append(audit::decimals(weight));
    };
    add("risk", weights.risk);
    add("malware", weights.malware);
    add("obfuscated", weights.obfuscated);
    return text;
  }

  void unread() {
    if (analysis_.unread.empty()) return;
    out_ += "\n" + style_.paint(Ink::kBold, "Not read") + "\n";
    for (std::size_t i = 0; i < analysis_.unread.size() && i < kMostUnread; ++i) {
      const audit::Unread& file = analysis_.unread[i];
      const std::string line = file.line == 0 ? "" : ":" + std::to_string(file.line);
      out_ += style_.wrap(file.path + line + " " + file.reason, 2);
    }
    if (analysis_.unread.size() > kMostUnread) {
      out_ += "  and " + std::to_string(analysis_.unread.size() - kMostUnread) + " more\n";
    }
  }

  void footer(const std::vector<std::uint32_t>& shown, std::size_t all) {
    if (all == 0 && report_.accepted.empty()) return;
    out_ += "\n";
    if (shown.size() < all) {
      const bool one = shown.size() == 1;
      out_ += one ? "The heaviest finding" : "The " + audit::count_of(shown.size(), "heaviest finding");
      out_ += " of " + std::to_string(all) + (one ? " is" : " are") + " shown; --limit 0 shows all.\n";
    }
    if (!report_.accepted.empty()) {
      const std::size_t count = report_.accepted.size();
      out_ +=
          audit::count_of(count, "finding") + (count == 1 ? " is" : " are") + " accepted by the baseline.\n";
    }
    if (!shown.empty()) {
      out_ += style_.paint(Ink::kFaint, "About a rule: pilothouse audit --explain " +
                                            one_line(analysis_.findings[shown.front()].rule->id)) +
              "\n";
    }
  }

  const audit::Report& report_;
  const audit::Analysis& analysis_;
  const AuditStyle& style_;
  const LineOf& lines_;
  std::string out_;
};

}  // namespace

std::string audit_text(const audit::Report& report, const AuditStyle& style, const LineOf& lines,
                       std::size_t limit) {
  return Text(report, style, lines).write(limit);
}

}  // namespace pilothouse::cli
