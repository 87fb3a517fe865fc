#pragma once

#include <variant>

#include "hub/api/routes.h"

namespace pilothouse::hub {

// What a call asks of the store, from its path and its parameters; or the 400 or 404 that says what is wrong
// with them.
std::variant<store::Query, Response> read_query(const Call& call);
std::variant<store::TimelineQuery, Response> read_timeline_query(const Call& call);

// Whether that query, which must have been read, asks for the binary form.
bool wants_bytes(const Call& call);

}  // namespace pilothouse::hub
