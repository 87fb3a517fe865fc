#include "pages/pages.h"

namespace pilothouse::pages {

std::span<const Asset> built_in() { return {}; }

const Asset* report_page() { return nullptr; }

}  // namespace pilothouse::pages
