#include "pages/pages.h"

namespace pilothouse::pages {

std::span<const Asset> built_in() { return {}; }

}  // namespace pilothouse::pages
