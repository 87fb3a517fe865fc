#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "hub/api/routes.h"

namespace pilothouse::hub {

// What a call asks of the store, from its path and its parameters; or the 400 or 404 that says what is wrong
// with them.
std::variant<store::Query, Response> read_query(const Call& call);
std::variant<store::TimelineQuery, Response> read_timeline_query(const Call& call);
std::variant<store::HistoryQuery, Response> read_history_query(const Call& call);

// A number as paths and parameters have it, from 1 on; nothing when it is none.
std::optional<std::int64_t> parse_positive(std::string_view digits);

// Whether that query, which must have been read, asks for the binary form.
bool wants_bytes(const Call& call);

}  // namespace pilothouse::hub
