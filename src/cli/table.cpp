#include "cli/table.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string_view>

#include "cli/text.h"

namespace pilothouse::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;     // no text is cut to less
constexpr std::size_t kComfortable = 24;  // before that, columns are left out

std::string_view color_of(std::string_view state) {
  if (state == "running") return "\x1b[32m";
  if (state == "done" || state == "stopped" || state == "memory") return "\x1b[36m";
  if (state == "lost" || state == "cancelled") return "\x1b[33m";
  if (state == "erred") return "\x1b[31m";
  return {};
}

bool is_right(Kind kind) { return kind == Kind::kCount || kind == Kind::kBytes || kind == Kind::kDuration; }

bool is_cuttable(Kind kind) { return kind == Kind::kText || kind == Kind::kJson; }

using Indexes = std::vector<std::size_t>;

std::size_t total_width(const Indexes& shown, const std::vector<std::size_t>& widths) {
  std::size_t total = shown.empty() ? 0 : kGap * (shown.size() - 1);
  for (const std::size_t i : shown) total += widths[i];
  return total;
}

// Leaves out the last column that may be left out.
bool leave_out(Indexes& shown, const Columns& columns) {
  for (std::size_t at = shown.size(); at-- > 0;) {
    if (columns[shown[at]].shown != Shown::kWide) continue;
    shown.erase(shown.begin() + static_cast<std::ptrdiff_t>(at));
    return true;
  }
  return false;
}

void fit(Indexes& shown, std::vector<std::size_t>& widths, const Columns& columns, std::size_t available) {
  std::vector<std::size_t> comfortable = widths;
  std::vector<std::size_t> narrow = widths;
  for (const std::size_t i : shown) {
    if (!is_cuttable(columns[i].kind)) continue;
    comfortable[i] = std::min(widths[i], columns[i].shown == Shown::kWide ? kNarrowest : kComfortable);
    narrow[i] = std::min(widths[i], kNarrowest);
  }
  while (total_width(shown, comfortable) > available && leave_out(shown, columns)) {
  }
  std::size_t total = total_width(shown, widths);
  while (total > available) {
    std::size_t* widest = nullptr;
    for (const std::size_t i : shown) {
      if (widths[i] > narrow[i] && (widest == nullptr || widths[i] > *widest)) widest = &widths[i];
    }
    if (widest == nullptr) return;
    --*widest;
    --total;
  }
}

std::string styled(std::string_view text, std::string_view style) {
  return style.empty() ? std::string(text) : std::string(style).append(text).append("\x1b[0m");
}

}  // namespace

std::string render_table(const Columns& columns, const std::vector<Row>& rows, const Terminal& terminal) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t width = display_width(columns[i].title);
    for (const Row& row : rows) width = std::max(width, display_width(row[i]));
    widths.push_back(width);
  }
  Indexes shown(columns.size());
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  if (terminal.interactive) fit(shown, widths, columns, terminal.width);

  std::string result;
  const auto add_line = [&](const auto& text_of, const auto& style_of) {
    for (const std::size_t i : shown) {
      const std::string cut = cut_to_width(text_of(i), widths[i]);
      const std::string padding(widths[i] - display_width(cut), ' ');
      if (i != shown.front()) result.append(kGap, ' ');
      if (is_right(columns[i].kind)) result += padding;
      result += styled(cut, terminal.color ? style_of(i) : std::string_view());
      if (!is_right(columns[i].kind) && i != shown.back()) result += padding;
    }
    result += '\n';
  };
  add_line([&](std::size_t i) { return columns[i].title; },
           [](std::size_t) { return std::string_view("\x1b[1m"); });
  for (const Row& row : rows) {
    add_line([&](std::size_t i) -> std::string_view { return row[i]; },
             [&](std::size_t i) {
               return columns[i].kind == Kind::kState ? color_of(row[i]) : std::string_view();
             });
  }
  return result;
}

}  // namespace pilothouse::cli
