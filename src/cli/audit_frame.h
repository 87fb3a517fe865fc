#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cli/audit_style.h"
#include "trust/audit/analysis.h"

// Source lines as they are shown under a finding. Nothing of the source reaches the terminal as it is: tabs
// become blanks, what could steer the terminal U+FFFD.
namespace pilothouse::cli {

// Where the lines come from: by the path of a module and the number of the line.
using LineOf = std::function<std::optional<std::string_view>(std::string_view path, std::uint32_t line)>;

// A line as it is shown, and the columns of a part of it.
struct ShownLine {
  std::string text;
  std::size_t from = 0;  // columns on the terminal, of the part that was asked for
  std::size_t to = 0;
};

// `from` and `to` are columns of the source, in code points from 1; `to` is exclusive. A line that is longer
// than `width` is cut around the part.
ShownLine show_line(std::string_view line, std::uint32_t from, std::uint32_t to, std::size_t width);

// The line of a place with up to two lines before it and one behind, numbered, and the place underlined.
// `code` is shown when the line cannot be read.
std::string code_frame(const AuditStyle& style, const LineOf& lines, std::string_view path,
                       const audit::Place& place, std::string_view code, Ink ink);

// The steps of a flow one below the other, joined by a line.
std::string flow_drawing(const AuditStyle& style, const audit::Analysis& analysis,
                         const audit::Finding& flow);

}  // namespace pilothouse::cli
