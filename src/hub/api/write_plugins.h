#pragma once

#include "hub/api/json_writer.h"
#include "store/bundle_store.h"

// The JSON of signed plugins; the schemas of the same names in openapi.json say the same.
namespace pilothouse::hub {

void write(JsonWriter& out, const store::BundleView& bundle);
void write(JsonWriter& out, const store::Offer& offer);

}  // namespace pilothouse::hub
