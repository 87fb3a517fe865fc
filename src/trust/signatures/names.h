#pragma once

#include <string>
#include <string_view>

namespace pilothouse::trust {

// 2 to 64 lower-case letters, digits and single hyphens, a letter first and no hyphen last. Nothing else can
// be spelled, so no other alphabet can imitate a name.
bool is_plugin_name(std::string_view name);
inline constexpr std::string_view kPluginNameRule =
    "a plugin's name has 2 to 64 lower-case letters, digits and single hyphens, begins with a letter and "
    "does "
    "not end with a hyphen";

// The same for names that people take for one another: hyphens left out, 0 as o, 1 and i as l, 5 as s, 2 as
// z, rn as m, vv as w, cl as d.
std::string skeleton(std::string_view name);

}  // namespace pilothouse::trust
