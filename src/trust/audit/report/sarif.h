#pragma once

#include <string>
#include <vector>

#include "trust/audit/report/report.h"

namespace pilothouse::audit {

// SARIF 2.1.0, one run for each report: flows and findings that weigh as results, those that were accepted as
// suppressed ones, what was not read as notifications. The same reports give the same bytes.
std::string to_sarif(const std::vector<const Report*>& reports);

}  // namespace pilothouse::audit
