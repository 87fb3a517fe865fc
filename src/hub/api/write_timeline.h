#pragma once

#include <string>

#include "hub/api/json_writer.h"
#include "model/views.h"

namespace pilothouse::hub {

// As the schema Timeline of openapi.json says it.
void write(JsonWriter& out, const model::TimelineView& timeline);

// Its fields lanes, groups and actions.
void write_timeline_texts(JsonWriter& out, const model::TimelineView& timeline);

// The same as bytes; docs/formats/timeline.md
std::string timeline_bytes(const model::TimelineView& timeline);

}  // namespace pilothouse::hub
