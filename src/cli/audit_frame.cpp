#include "cli/audit_frame.h"

#include <algorithm>
#include <vector>

#include "cli/text.h"

namespace pilothouse::cli {
namespace {

constexpr std::uint32_t kBefore = 2;
constexpr std::uint32_t kBehind = 1;
constexpr std::size_t kTab = 4;
constexpr std::size_t kLongestLine = 64U << 10;  // bytes of a source line that are looked at

std::size_t length_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return std::min(length, text.size() - at);
}

std::string number_of(std::uint32_t line, std::size_t width) {
  std::string digits = std::to_string(line);
  digits.insert(0, width - std::min(width, digits.size()), ' ');
  return digits;
}

// A line of the frame behind its number.
std::string row(const AuditStyle& style, const std::string& number, const std::string& content) {
  const std::string gutter =
      style.paint(Ink::kBlue, number + " " + std::string(style.box("\xE2\x94\x82", "|")));
  return " " + gutter + (content.empty() ? "" : " ") + content + "\n";
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

}  // namespace

ShownLine show_line(std::string_view line, std::uint32_t from, std::uint32_t to, std::size_t width) {
  std::vector<std::string> cells;
  std::vector<std::size_t> starts;
  std::size_t column = 0;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t length = length_at(line, at);
    starts.push_back(column);
    cells.push_back(line[at] == '\t' ? std::string(kTab - column % kTab, ' ')
                                     : one_line(line.substr(at, length)));
    column += display_width(cells.back());
    at += length;
  }
  starts.push_back(column);

  const std::size_t last = cells.size();
  const std::size_t first_cell = std::min<std::size_t>(from > 0 ? from - 1 : 0, last);
  const std::size_t end_cell = std::clamp<std::size_t>(to > 0 ? to - 1 : 0, first_cell, last);
  // What is shown: from `left` on, so that the part's start is in view.
  std::size_t left = 0;
  if (column > width && starts[first_cell] + width / 4 > width) {
    while (left < first_cell && starts[first_cell] - starts[left] > width / 3) ++left;
  }
  ShownLine shown;
  if (left > 0) shown.text = "...";
  const std::size_t shift = left > 0 ? 3 : 0;
  std::size_t right = left;
  const std::size_t room = width > shift + 3 ? width - shift - 3 : 1;
  while (right < last && (starts[right + 1] - starts[left] <= room || column - starts[left] <= room + 3)) {
    shown.text += cells[right];
    ++right;
  }
  if (right < last) shown.text += "...";
  shown.from = shift + starts[first_cell] - starts[left];
  shown.to = shift + starts[std::clamp(end_cell, left, right)] - starts[left];
  shown.to = std::max(shown.to, shown.from);
  return shown;
}

std::string code_frame(const AuditStyle& style, const LineOf& lines, std::string_view path,
                       const audit::Place& place, std::string_view code, Ink ink) {
  const std::uint32_t first = place.line > kBefore ? place.line - kBefore : 1;
  const std::uint32_t last = place.line + kBehind;
  const std::size_t digits = std::to_string(last).size();
  const std::string blank(digits, ' ');
  const std::size_t width = style.width > digits + 20 ? style.width - digits - 4 : 16;
  std::string frame = row(style, blank, {});
  for (std::uint32_t number = first; number <= last; ++number) {
    const bool here = number == place.line;
    const auto line = lines(path, number);
    if (!line && !here) continue;
    const std::string_view text = line ? line->substr(0, kLongestLine) : trimmed(code);
    const bool one = place.end_line == place.line;
    const auto end = one ? place.end_column : static_cast<std::uint32_t>(text.size() + 1);
    const ShownLine shown =
        here && line ? show_line(text, place.column, end, width) : show_line(text, 1, 1, width);
    frame += row(style, number_of(number, digits), shown.text);
    if (!here || !line) continue;
    const std::size_t carets = std::max<std::size_t>(1, shown.to - shown.from);
    frame += row(style, blank, std::string(shown.from, ' ') + style.paint(ink, std::string(carets, '^')));
  }
  return frame;
}

std::string flow_drawing(const AuditStyle& style, const audit::Analysis& analysis,
                         const audit::Finding& flow) {
  std::size_t digits = 1;
  for (const audit::Step& step : flow.steps)
    digits = std::max(digits, std::to_string(step.place.line).size());
  const std::size_t width = style.width > digits + 24 ? style.width - digits - 6 : 18;
  std::string drawing;
  std::uint32_t file = flow.place.file;
  std::uint32_t line = 0;
  std::string_view function = flow.function;
  for (std::size_t i = 0; i < flow.steps.size(); ++i) {
    const audit::Step& step = flow.steps[i];
    const bool first = i == 0;
    const bool last = i + 1 == flow.steps.size();
    const std::string_view knot = first  ? style.box("\xE2\x94\x8C", ",")
                                  : last ? style.box("\xE2\x94\x94", "`")
                                         : style.box("\xE2\x94\x9C", "|");
    std::string what = one_line(step.what);
    if (step.place.file != file && step.place.file < analysis.modules.size()) {
      what += " (in " + one_line(analysis.modules[step.place.file].path) + ")";
    }
    if (step.function != function && !step.function.empty()) what += ", in " + one_line(step.function) + "()";
    const bool same_line = !first && step.place.file == file && step.place.line == line;
    const std::string number = same_line ? std::string(digits, ' ') : number_of(step.place.line, digits);
    file = step.place.file;
    line = step.place.line;
    function = step.function;
    drawing += "  " + style.paint(Ink::kBlue, number + " " + std::string(knot)) + " " +
               style.paint(Ink::kBold, cut_to_width(what, width)) + "\n";
    // Steps on one line show it once, below the last of them.
    const bool goes_on = !last && flow.steps[i + 1].place.file == step.place.file &&
                         flow.steps[i + 1].place.line == step.place.line &&
                         flow.steps[i + 1].code == step.code;
    if (goes_on) continue;
    const std::string code = show_line(trimmed(step.code), 1, 1, width).text;
    const std::string_view bar = last ? " " : style.box("\xE2\x94\x82", "|");
    drawing += "  " + std::string(digits, ' ') + " " + style.paint(Ink::kBlue, bar) + "   " + code + "\n";
  }
  return drawing;
}

}  // namespace pilothouse::cli
