#pragma once

#include <span>

#include "pages/asset.h"

namespace pilothouse::pages {

// All files of the pages, with /index.html among them; none in a program that was built without.
std::span<const Asset> built_in();

// What a report of a computation is made of (web/report.html); nullptr in a program that was built without.
const Asset* report_page();

}  // namespace pilothouse::pages
