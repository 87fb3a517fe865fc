#pragma once

#include <cstddef>

namespace pilothouse::hub {

// Raises this process's limit of open files, as far as the system lets it, so that there is one for each of
// `connections` beside the hub's own. Gives how many connections fit.
std::size_t make_room_for_connections(std::size_t connections);

}  // namespace pilothouse::hub
