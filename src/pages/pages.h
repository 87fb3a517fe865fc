#pragma once

#include <span>

#include "pages/asset.h"

namespace pilothouse::pages {

// All files of the pages, with /index.html among them; none in a program that was built without.
std::span<const Asset> built_in();

}  // namespace pilothouse::pages
