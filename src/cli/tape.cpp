#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>

#include "cli/column.h"
#include "cli/table.h"
#include "cli/tape_file.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "tape/span_block.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;
using base::Errc;
using base::error;

struct Flags {
  std::string file;
  std::string kind;
  bool json = false;
};

struct Count {
  std::uint64_t chunks = 0, records = 0, stored = 0, raw = 0;
};

// The records of a chunk that is not one of spans.
base::Result<json::array> records_of(const tape::ChunkView& chunk) {
  const auto payload = tape::raw_payload(chunk);
  if (!payload) return payload.error();
  boost::system::error_code failed;
  json::value value = json::parse(*payload, failed);
  if (failed || !value.is_array()) return error(Errc::kMalformed, "the payload is not a JSON array");
  if (value.get_array().size() != chunk.records) {
    return error(Errc::kMalformed, "the header states another number of records than the array has");
  }
  return std::move(value.get_array());
}

using TakeBlock = std::function<void(const tape::SpanBlock& block)>;

base::Result<void> with_block(const tape::ChunkView& chunk, const TakeBlock& take) {
  const auto payload = tape::raw_payload(chunk);
  if (!payload) return payload.error();
  const auto block = tape::decode_span_block(*payload);
  if (!block) return block.error();
  if (block->size() != chunk.records) {
    return error(Errc::kMalformed, "the header states another number of spans than the block has");
  }
  take(*block);
  return {};
}

std::string where(const tape::ChunkView& chunk) {
  return std::string(tape::kind_name(chunk.kind)) + " chunk " + std::to_string(chunk.sequence) + ": ";
}

// --- info
// ------------------------------------------------------------------------------------------------------

struct Summary {
  std::map<tape::Kind, Count> kinds;
  json::object session;
  std::uint64_t first = 0, last = 0;  // sequences
};

base::Result<Summary> summarize(const TapeFile& file) {
  Summary summary;
  const auto read =
      file.each_chunk([&](const tape::ChunkView& chunk, std::string_view bytes) -> base::Result<void> {
        Count& count = summary.kinds[chunk.kind];
        ++count.chunks;
        count.records += chunk.records;
        count.stored += bytes.size();
        count.raw += chunk.raw_length;
        if (summary.first == 0) summary.first = chunk.sequence;
        summary.last = chunk.sequence;
        if (chunk.kind == tape::Kind::kSession && summary.session.empty()) {
          auto records = records_of(chunk);
          if (!records) return records.error();
          if (!records->empty() && records->front().is_object())
            summary.session = records->front().get_object();
        }
        return {};
      });
  if (!read) return read.error();
  return summary;
}

json::object drops_json(const tape::Drops& drops) {
  json::object result;
  for (std::size_t kind = 1; kind < drops.size(); ++kind) {
    if (drops[kind].count > 0) result[tape::kKindNames[kind]] = drops[kind].count;
  }
  return result;
}

json::object describe(const TapeFile& file, const Summary& summary) {
  json::object kinds;
  for (const auto& [kind, count] : summary.kinds) {
    kinds[tape::kind_name(kind)] = {{"chunks", count.chunks},
                                    {"records", count.records},
                                    {"bytes", count.stored},
                                    {"raw_bytes", count.raw}};
  }
  json::object result = {{"session", summary.session},
                         {"first_sequence", summary.first},
                         {"last_sequence", summary.last},
                         {"kinds", std::move(kinds)}};
  if (const tape::Spool* spool = file.spool()) {
    result["spool"] = {{"id", spool->identity().session.to_string()},
                       {"hub", spool->identity().hub},
                       {"host", spool->host()},
                       {"pid", spool->pid()},
                       {"created_us", spool->identity().created_us},
                       {"bytes", spool->identity().bytes},
                       {"acknowledged_sequence", spool->mark()},
                       {"ended", spool->ended()},
                       {"journal_bytes", file.journal_bytes()},
                       {"journal_survived", spool->journal_survived()},
                       {"dropped", drops_json(tape::all_drops(spool->journal()))}};
  }
  return result;
}

std::string headline(const TapeFile& file, const Summary& summary) {
  std::string text = "cluster   " + one_line(text_at(summary.session, "name")) + ", scheduler " +
                     one_line(text_at(summary.session, "scheduler_id")) + "\n";
  const tape::Spool* spool = file.spool();
  if (spool == nullptr) return text;
  text += "recorder  process " + std::to_string(spool->pid()) + " on " + one_line(spool->host()) + ", for " +
          one_line(spool->identity().hub) + "\n";
  text += "since     " + base::to_iso8601(spool->identity().created_us) + "\n";
  text += "state     " + std::string(spool->ended() ? "ended" : "no end was written") +
          "; the hub has up to chunk " + std::to_string(spool->mark()) + "\n";
  text += "journal   " + human_bytes(static_cast<std::int64_t>(file.journal_bytes())) +
          (spool->journal_survived() ? " not yet in segments\n"
                                     : "; the machine was restarted: only segments count\n");
  const json::object dropped = drops_json(tape::all_drops(spool->journal()));
  if (!dropped.empty()) text += "dropped   " + json::serialize(dropped) + "\n";
  return text;
}

base::Result<void> info(const Flags& flags, const Terminal& terminal) {
  const auto file = TapeFile::open(flags.file);
  if (!file) return file.error();
  const auto summary = summarize(*file);
  if (!summary) return summary.error();
  Output out;
  if (flags.json) {
    out.write(json::serialize(describe(*file, *summary)) + "\n");
    return out.finish();
  }
  const Columns columns = {{"kind", Kind::kText, "kind"},
                           {"chunks", Kind::kCount, "chunks"},
                           {"records", Kind::kCount, "records"},
                           {"bytes", Kind::kBytes, "bytes"},
                           {"unpacked", Kind::kBytes, "raw"}};
  std::vector<Row> rows;
  for (const auto& [kind, count] : summary->kinds) {
    const json::object item = {{"kind", tape::kind_name(kind)},
                               {"chunks", count.chunks},
                               {"records", count.records},
                               {"bytes", count.stored},
                               {"raw", count.raw}};
    Row row;
    for (const Column& column : columns) row.push_back(table_cell(column, item, terminal));
    rows.push_back(std::move(row));
  }
  out.write(headline(*file, *summary) + "\n" + render_table(columns, rows, terminal));
  return out.finish();
}

// --- dump
// ------------------------------------------------------------------------------------------------------

json::value text_or_null(const std::vector<std::string_view>& texts, std::uint32_t index) {
  return index == tape::kNone ? json::value(nullptr) : json::value(texts[index]);
}

void dump_block(const tape::SpanBlock& block, std::uint64_t sequence, Output& out) {
  std::size_t action = 0;
  std::size_t key = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    json::array actions;
    for (std::size_t end = action + block.action_count[i]; action < end; ++action) {
      actions.push_back({{"action", block.action_names[block.action[action]]},
                         {"start_us", block.action_start[action]},
                         {"stop_us", block.action_stop[action]}});
    }
    const bool memory = block.status[i] == static_cast<std::uint8_t>(tape::SpanStatus::kMemory);
    json::value bytes = nullptr;
    if (block.nbytes[i] >= 0) bytes = block.nbytes[i];
    out.write(
        json::serialize(json::object{{"kind", "spans"},
                                     {"sequence", sequence},
                                     {"key", block.key_bytes.substr(key, block.key_length[i])},
                                     {"group", block.groups[block.group[i]]},
                                     {"computation", text_or_null(block.computations, block.computation[i])},
                                     {"worker", text_or_null(block.workers, block.worker[i])},
                                     {"thread", block.thread[i]},
                                     {"type", text_or_null(block.types, block.type[i])},
                                     {"nbytes", bytes},
                                     {"status", memory ? "memory" : "erred"},
                                     {"actions", std::move(actions)}}) +
        "\n");
    key += block.key_length[i];
  }
}

base::Result<void> dump(const Flags& flags) {
  const auto file = TapeFile::open(flags.file);
  if (!file) return file.error();
  Output out;
  auto read = file->each_chunk([&](const tape::ChunkView& chunk, std::string_view) -> base::Result<void> {
    if (out.closed() || (!flags.kind.empty() && tape::kind_name(chunk.kind) != flags.kind)) return {};
    if (chunk.kind == tape::Kind::kSpans) {
      return with_block(chunk, [&](const tape::SpanBlock& block) { dump_block(block, chunk.sequence, out); });
    }
    const auto records = records_of(chunk);
    if (!records) return records.error();
    for (const json::value& record : *records) {
      out.write(
          json::serialize(json::object{
              {"kind", tape::kind_name(chunk.kind)}, {"sequence", chunk.sequence}, {"record", record}}) +
          "\n");
    }
    return {};
  });
  if (auto written = out.finish(); !written) return written;
  return read;
}

// --- verify
// ----------------------------------------------------------------------------------------------------

base::Result<void> verify(const Flags& flags) {
  const auto file = TapeFile::open(flags.file);
  if (!file) return file.error();
  std::uint64_t chunks = 0;
  std::uint64_t spans = 0;
  std::uint64_t last = 0;
  std::optional<base::SessionId> session;
  const auto read =
      file->each_chunk([&](const tape::ChunkView& chunk, std::string_view) -> base::Result<void> {
        if (session && chunk.session != *session)
          return error(Errc::kMalformed, where(chunk) + "is of another session");
        session = chunk.session;
        if (chunk.sequence <= last)
          return error(Errc::kMalformed, where(chunk) + "the sequences do not increase");
        last = chunk.sequence;
        ++chunks;
        if (chunk.kind == tape::Kind::kSpans) spans += chunk.records;
        const auto sound = chunk.kind == tape::Kind::kSpans ? with_block(chunk, [](const tape::SpanBlock&) {})
                                                            : [&]() -> base::Result<void> {
          const auto records = records_of(chunk);
          if (!records) return records.error();
          return {};
        }();
        if (!sound) return error(sound.error().code, where(chunk) + sound.error().message);
        return {};
      });
  if (!read) {
    return error(Errc::kMalformed, flags.file + " is broken after " + std::to_string(chunks) +
                                       " whole chunks: " + read.error().message);
  }
  Output out;
  out.write("sound: " + std::to_string(chunks) + " chunks, " + std::to_string(spans) + " spans\n");
  return out.finish();
}

}  // namespace

void add_tape(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* group = app.add_subcommand("tape", "Read a recording without a hub");
  group->require_subcommand(1);
  group->footer("Example:\n  pilothouse tape info ~/.local/state/pilothouse/spool/*.tape");

  CLI::App* teller = group->add_subcommand("info", "What a tape is of, and how much of what it holds");
  teller->add_flag("--json", flags->json, "A JSON object");
  teller->callback(
      [&context, flags] { context.verb = [&context, flags] { return info(*flags, context.terminal); }; });

  CLI::App* dumper = group->add_subcommand("dump", "Every record and every span, one JSON object a line");
  dumper->add_option("--kind", flags->kind, "Only this kind: spans, exceptions, ...")
      ->check(CLI::IsMember(std::vector<std::string>(tape::kKindNames.begin() + 1, tape::kKindNames.end())));
  dumper->callback([&context, flags] { context.verb = [flags] { return dump(*flags); }; });

  CLI::App* checker = group->add_subcommand("verify", "Check every checksum, length and record");
  checker->callback([&context, flags] { context.verb = [flags] { return verify(*flags); }; });

  for (CLI::App* verb : {teller, dumper, checker}) {
    verb->add_option("FILE", flags->file, "A recorder's file, or chunks one after the other")->required();
    verb->footer("Example:\n  pilothouse tape " + verb->get_name() +
                 " 0123456789abcdef0123456789abcdef.tape");
  }
}

}  // namespace pilothouse::cli
