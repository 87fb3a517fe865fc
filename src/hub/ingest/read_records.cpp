#include "hub/ingest/read_records.h"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "store/exception_fingerprint.h"

namespace pilothouse::hub {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxProcessingKeys = 20;
constexpr std::size_t kMaxPluginKeys = 16;

model::TaskCounts read_tasks(Fields& parent) {
  Fields fields = parent.object("tasks");
  model::TaskCounts tasks;
  tasks.total = fields.count("total");
  tasks.waiting = fields.count("waiting");
  tasks.queued = fields.count("queued");
  tasks.processing = fields.count("processing");
  tasks.no_worker = fields.count("no_worker");
  tasks.memory = fields.count("memory");
  tasks.erred = fields.count("erred");
  tasks.blamed = fields.count("blamed");
  tasks.released = fields.count("released");
  fields.finish();
  return tasks;
}

std::string read_state(Fields& in) {
  constexpr std::array<std::string_view, 4> kStates{"running", "done", "erred", "cancelled"};
  std::string state = in.text("state");
  if (std::find(kStates.begin(), kStates.end(), state) == kStates.end()) {
    in.refuse("state", "is none of running, done, erred and cancelled");
  }
  return state;
}

// Each element is {text, filename|null, line|null}.
std::string read_code(Fields& parent, Finding& finding) {
  const json::value& value = parent.any("code");
  const json::array* lines = value.if_array();
  if (lines == nullptr) {
    parent.refuse("code", "is not an array");
    return {};
  }
  for (std::size_t i = 0; i < lines->size(); ++i) {
    Fields fields((*lines)[i], parent.path_of("code") + "[" + std::to_string(i) + "]", finding);
    fields.text("text");
    fields.text_or_null("filename");
    fields.count_or_null("line");
    fields.finish();
  }
  return json::serialize(value);
}

void read(Fields& in, Finding&, model::SessionRecord& out) {
  out.scheduler_id = in.identity("scheduler_id");
  out.name = in.text("name");
  out.address = in.text("address");
  out.dashboard = in.text_or_null("dashboard");
  out.host = in.text("host");
  out.user = in.text("user");
  out.os = in.text("os");
  out.python = in.text("python");
  out.dask = in.text("dask");
  out.distributed = in.text("distributed");
  out.pilothouse = in.text("pilothouse");
  out.pid = in.count("pid");
  out.start_us = in.time("start_us");
  out.flush_interval_us = in.count("flush_interval_us");
}

void read(Fields& in, Finding&, model::WorkerRecord& out) {
  out.address = in.identity("address");
  out.name = in.text("name");
  out.host = in.text("host");
  out.nthreads = in.count("nthreads");
  out.memory_limit = in.count("memory_limit");
  out.joined_us = in.time("joined_us");
  out.left_us = in.time_or_null("left_us");
  out.expected = in.boolean_or_null("expected");
  out.reason = in.text_or_null("reason");
  out.processing = in.count("processing");
  out.lost_results = in.count("lost_results");
  out.lost_scattered = in.count("lost_scattered");
  out.processing_keys_json = in.texts_json("processing_keys", kMaxProcessingKeys);
}

void read(Fields& in, Finding&, model::ClientRecord& out) {
  out.client = in.identity("client");
  out.joined_us = in.time("joined_us");
  out.left_us = in.time_or_null("left_us");
}

void read(Fields& in, Finding& finding, model::ComputationRecord& out) {
  out.dask_id = in.identity("id");
  out.start_us = in.time("start_us");
  out.stop_us = in.time_or_null("stop_us");
  out.state = read_state(in);
  out.client = in.text_or_null("client");
  out.code_json = read_code(in, finding);
  out.annotations_json = in.object_json("annotations");
  out.tags_json = in.texts_of_texts_json("tags");
  out.tasks = read_tasks(in);
}

void read(Fields& in, Finding&, model::ProgressRecord& out) {
  out.dask_id = in.identity("id");
  out.stop_us = in.time_or_null("stop_us");
  out.state = read_state(in);
  out.tasks = read_tasks(in);
}

void read(Fields& in, Finding&, model::GroupRecord& out) {
  out.computation = in.identity("computation");
  out.name = in.text("name");
  out.prefix = in.text("prefix");
  out.tasks = read_tasks(in);
  out.runs = in.count("runs");
  out.durations_us_json = in.object_of_integers_json("durations_us");
  out.nbytes = in.integer("nbytes");
  out.types_json = in.object_of_integers_json("types");
  out.first_start_us = in.time_or_null("first_start_us");
  out.last_stop_us = in.time_or_null("last_stop_us");
  out.dependencies_json = in.texts_json("dependencies");
}

void read(Fields& in, Finding&, model::EventRecord& out) {
  out.topic = in.text("topic");
  out.time_us = in.time("time_us");
  out.payload_json = in.any_json("payload");
  out.truncated = in.boolean("truncated");
}

void read(Fields& in, Finding&, model::ExceptionRecord& out) {
  out.id = in.count("id");
  out.computation = in.text_or_null("computation");
  out.key = in.text("key");
  out.group = in.text("group");
  out.workers_json = in.texts_json("workers");
  out.type = in.text("type");
  out.message = in.text("message");
  out.traceback = in.text("traceback");
  out.time_us = in.time("time_us");
  out.attempt = in.count("attempt");
  if (out.attempt < 1) in.refuse("attempt", "is less than 1");
  out.truncated = in.boolean("truncated");
  out.fingerprint = store::exception_fingerprint(out.type, out.message, out.traceback);
}

void read(Fields& in, Finding&, model::BlameRecord& out) {
  out.exception = in.count("exception");
  out.blamed = in.count("blamed");
}

void read(Fields& in, Finding&, model::SampleRecord& out) {
  out.time_us = in.time("time_us");
  out.address = in.identity("address");
  out.cpu = in.number("cpu");
  out.memory = in.integer("memory");
  out.managed = in.integer("managed");
  out.unmanaged = in.integer("unmanaged");
  out.spilled = in.integer("spilled");
  out.executing = in.integer("executing");
  out.ready = in.integer("ready");
}

void read(Fields& in, Finding&, model::DropRecord& out) {
  out.kind = in.identity("kind");
  if (std::find(tape::kKindNames.begin(), tape::kKindNames.end(), out.kind) == tape::kKindNames.end()) {
    in.refuse("kind", "is not the name of a kind of chunk");
  }
  out.count = in.count("count");
  out.bytes = in.count("bytes");
}

void read(Fields& in, Finding&, model::ControlRecord& out) {
  out.state = in.text("state");
  if (out.state != "stopped") in.refuse("state", "is not \"stopped\"");
  out.acknowledged_us = in.time("acknowledged_us");
}

void read(Fields& in, Finding&, model::PluginRecord& out) {
  out.name = in.identity("name");
  out.version = in.text_or_null("version");
  out.kind = in.text_or_null("kind");
  out.sha256 = in.text_or_null("sha256");
  out.signed_by_json = in.texts_json("signed_by", kMaxPluginKeys);
  out.state = in.text("state");
  if (out.state != "loaded" && out.state != "refused") in.refuse("state", "is neither loaded nor refused");
  out.code = in.text_or_null("code");
  out.reason = in.text_or_null("reason");
  out.time_us = in.time("time_us");
}

void read(Fields& in, Finding&, model::EndRecord& out) {
  out.stop_us = in.time("stop_us");
  out.reason = in.text("reason");
}

template <class Record>
std::vector<Record> read_all(const json::array& array, Finding& finding) {
  std::vector<Record> records(array.size());
  for (std::size_t i = 0; i < array.size() && !finding.found(); ++i) {
    Fields fields(array[i], "$[" + std::to_string(i) + "]", finding);
    read(fields, finding, records[i]);
    fields.finish();
  }
  return records;
}

template <class Record>
Record read_one(const json::array& array, Finding& finding) {
  std::vector<Record> records = read_all<Record>(array, finding);
  if (records.size() != 1) {
    if (!finding.found()) finding.message = "$ has not exactly one record";
    return {};
  }
  return std::move(records.front());
}

}  // namespace

decltype(store::Chunk::content) read_records(tape::Kind kind, const json::array& records, Finding& finding) {
  using tape::Kind;
  switch (kind) {
    case Kind::kSession:
      return read_one<model::SessionRecord>(records, finding);
    case Kind::kWorkers:
      return read_all<model::WorkerRecord>(records, finding);
    case Kind::kComputations:
      return read_all<model::ComputationRecord>(records, finding);
    case Kind::kGroups:
      return read_all<model::GroupRecord>(records, finding);
    case Kind::kEvents:
      return read_all<model::EventRecord>(records, finding);
    case Kind::kExceptions:
      return read_all<model::ExceptionRecord>(records, finding);
    case Kind::kSamples:
      return read_all<model::SampleRecord>(records, finding);
    case Kind::kDrops:
      return read_all<model::DropRecord>(records, finding);
    case Kind::kEnd:
      return read_one<model::EndRecord>(records, finding);
    case Kind::kClients:
      return read_all<model::ClientRecord>(records, finding);
    case Kind::kBlames:
      return read_all<model::BlameRecord>(records, finding);
    case Kind::kControl:
      return read_all<model::ControlRecord>(records, finding);
    case Kind::kProgress:
      return read_all<model::ProgressRecord>(records, finding);
    case Kind::kPlugins:
      return read_all<model::PluginRecord>(records, finding);
    case Kind::kSpans:
      break;
  }
  finding.message = "$ is not a payload of JSON records";
  return {};
}

}  // namespace pilothouse::hub
