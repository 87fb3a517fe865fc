#pragma once

#include <cstddef>
#include <string>

#include "cli/audit_frame.h"
#include "cli/audit_style.h"
#include "trust/audit/report/report.h"

namespace pilothouse::cli {

// A report for people: what it is, the scores, what it is for, the conclusion, and the `limit` heaviest
// findings (0: all) with the code that they are about.
std::string audit_text(const audit::Report& report, const AuditStyle& style, const LineOf& lines,
                       std::size_t limit);

}  // namespace pilothouse::cli
