#pragma once

#include "cli/column.h"

namespace pilothouse::cli {

// Of the runs of tasks.
Columns span_columns();

}  // namespace pilothouse::cli
