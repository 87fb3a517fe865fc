#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::store {

// Every name that Dask, in any version, may have given to the group of a task with this key: the beginnings
// of the key, or of its first quoted part, up to a separator, and the names that do not depend on the key. At
// most 70, each once.
std::vector<std::string> possible_group_names(std::string_view key);

}  // namespace pilothouse::store
