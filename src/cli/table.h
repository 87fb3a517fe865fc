#pragma once

#include <string>
#include <vector>

#include "cli/column.h"
#include "cli/terminal.h"

namespace pilothouse::cli {

using Row = std::vector<std::string>;

// An aligned table with a header. On a terminal it is fitted to the width by cutting the widest text columns
// and, when that is not enough, by leaving columns out; elsewhere nothing is cut. Rows are as long as there
// are columns; columns for CSV only are not among them.
std::string render_table(const Columns& columns, const std::vector<Row>& rows, const Terminal& terminal);

}  // namespace pilothouse::cli
