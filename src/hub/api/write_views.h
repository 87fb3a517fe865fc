#pragma once

#include <string>

#include "hub/api/json_writer.h"
#include "model/views.h"
#include "store/record_store.h"

// The JSON of each thing the hub answers; the schemas of the same names in openapi.json say the same.
namespace pilothouse::hub {

void write_cluster_fields(JsonWriter& out, const model::ClusterView& cluster);

void write(JsonWriter& out, const model::ClusterView& cluster);
void write(JsonWriter& out, const store::ClusterDetail& detail);
void write(JsonWriter& out, const model::WorkerView& worker);
void write(JsonWriter& out, const model::SampleView& sample);
void write(JsonWriter& out, const model::ComputationView& computation);
void write(JsonWriter& out, const model::SpanView& span);
void write(JsonWriter& out, const model::FoundSpan& found);
void write(JsonWriter& out, const model::EventView& event);
void write(JsonWriter& out, const model::HistoryView& history);
void write(JsonWriter& out, const model::TopicView& topic);
void write(JsonWriter& out, const model::ExceptionView& exception);
void write(JsonWriter& out, const model::ExceptionGroupView& group);
void write(JsonWriter& out, const model::FingerprintView& fingerprint);

}  // namespace pilothouse::hub
