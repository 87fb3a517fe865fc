#pragma once

#include <string>

#include "cli/environment.h"

namespace pilothouse::cli {

// Has a browser show `url`: one of those that $BROWSER names, or what the desktop has for it. The browser
// goes on when this process ends. False when there is none, or none that works.
bool show_in_browser(const Environment& environment, const std::string& url);

}  // namespace pilothouse::cli
