#include <memory>
#include <optional>

#include "cli/listing.h"
#include "cli/text.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;

struct Flags {
  std::optional<std::string> cluster;
  std::optional<std::int64_t> id;
  bool groups = false;
  bool code = false;
  ListingFlags listing;
  FilterFlags filter;
};

json::value done_of_total(const json::object& item) {
  return json::value(text_at(item, "tasks.memory") + "/" + text_at(item, "tasks.total"));
}

json::value code_line(const json::object& computation) {
  const json::value* code = find(computation, "code");
  if (code == nullptr || !code->is_array() || code->get_array().empty()) return nullptr;
  const json::object* frame = code->get_array().front().if_object();
  return frame == nullptr ? json::value() : json::value(first_line(text_at(*frame, "text")));
}

Columns columns() {
  return {
      {"id", Kind::kCount, "id"},
      {"cluster", Kind::kCount, "cluster_id"},
      {"state", Kind::kState, "state"},
      {"start", Kind::kTime, "start_us"},
      {"duration", Kind::kDuration, "duration_us"},
      {"tasks", Kind::kText, "", Shown::kAlways, done_of_total},
      {"erred", Kind::kCount, "tasks.erred"},
      {"code", Kind::kText, "", Shown::kAlways, code_line},
      {"stop", Kind::kTime, "stop_us", Shown::kCsvOnly},
      {"total_tasks", Kind::kCount, "tasks.total", Shown::kCsvOnly},
      {"memory_tasks", Kind::kCount, "tasks.memory", Shown::kCsvOnly},
      {"blamed_tasks", Kind::kCount, "tasks.blamed", Shown::kCsvOnly},
      {"released_tasks", Kind::kCount, "tasks.released", Shown::kCsvOnly},
      {"spans", Kind::kCount, "spans", Shown::kCsvOnly},
      {"spans_expired", Kind::kCount, "spans_expired", Shown::kCsvOnly},
      {"exceptions", Kind::kCount, "exceptions", Shown::kCsvOnly},
      {"client", Kind::kText, "client", Shown::kCsvOnly},
      {"dask_id", Kind::kText, "dask_id", Shown::kCsvOnly},
      {"scheduler_id", Kind::kText, "scheduler_id", Shown::kCsvOnly},
  };
}

json::value joined_dependencies(const json::object& group) {
  const json::value* names = find(group, "dependencies");
  if (names == nullptr || !names->is_array() || names->get_array().empty()) return nullptr;
  std::string joined;
  for (const json::value& name : names->get_array()) {
    if (!name.is_string()) continue;
    if (!joined.empty()) joined += ", ";
    joined += name.get_string();
  }
  return json::value(joined);
}

Columns group_columns() {
  return {
      {"group", Kind::kText, "name"},
      {"tasks", Kind::kCount, "tasks.total"},
      {"memory", Kind::kCount, "tasks.memory"},
      {"erred", Kind::kCount, "tasks.erred"},
      {"blamed", Kind::kCount, "tasks.blamed"},
      {"compute", Kind::kDuration, "durations_us.compute"},
      {"bytes", Kind::kBytes, "nbytes"},
      {"transfer", Kind::kDuration, "durations_us.transfer", Shown::kWide},
      {"dependencies", Kind::kText, "", Shown::kWide, joined_dependencies},
      {"prefix", Kind::kText, "prefix", Shown::kWide},
      {"runs", Kind::kCount, "runs", Shown::kWide},
      {"processing", Kind::kCount, "tasks.processing", Shown::kWide},
      {"waiting", Kind::kCount, "tasks.waiting", Shown::kWide},
      {"queued", Kind::kCount, "tasks.queued", Shown::kWide},
      {"no_worker", Kind::kCount, "tasks.no_worker", Shown::kWide},
      {"released", Kind::kCount, "tasks.released", Shown::kWide},
      {"disk_read", Kind::kDuration, "durations_us.disk-read", Shown::kWide},
      {"disk_write", Kind::kDuration, "durations_us.disk-write", Shown::kWide},
      {"deserialize", Kind::kDuration, "durations_us.deserialize", Shown::kWide},
  };
}

std::string code_of(const json::object& computation) {
  const json::value* code = find(computation, "code");
  if (code == nullptr || !code->is_array()) return {};
  std::string result;
  for (const json::value& value : code->get_array()) {
    const json::object* frame = value.if_object();
    if (frame == nullptr) continue;
    const std::string filename = text_at(*frame, "filename");
    if (!filename.empty()) {
      const std::string line = text_at(*frame, "line");
      result += one_line(filename) + (line.empty() ? "" : ":" + line) + "\n";
    }
    result += many_lines(text_at(*frame, "text"));
    if (!result.ends_with('\n')) result += '\n';
  }
  return result;
}

std::string details(const json::object& computation, bool groups, bool code, const Terminal& terminal) {
  std::string result = table_of(columns(), {computation}, terminal);
  const json::value* list = find(computation, "groups");
  if (groups && list != nullptr && list->is_array()) {
    result += "\n" + table_of(group_columns(), list->get_array(), terminal);
  }
  if (code) result += "\n" + code_of(computation);
  return result + "\n";
}

base::Result<void> show_one(const HubClient& hub, const Flags& flags, const Terminal& terminal) {
  const auto computation = hub.get("/computations/" + std::to_string(*flags.id));
  if (!computation) return computation.error();
  Output out;
  if (flags.listing.json) {
    out.write("[\n" + json::serialize(*computation) + "\n]\n");
  } else if (flags.listing.csv) {
    std::vector<std::string> titles;
    std::vector<std::string> cells;
    for (const Column& column : columns()) {
      titles.emplace_back(column.title);
      cells.push_back(csv_cell(column, *computation));
    }
    out.write(csv_line(titles) + csv_line(cells));
  } else {
    out.write(details(*computation, flags.groups || !flags.code, flags.code, terminal));
  }
  return out.finish();
}

base::Result<void> show(const Context& context, const Flags& flags) {
  const auto hub = context.hub();
  if (!hub) return hub.error();
  if (flags.id) return show_one(*hub, flags, context.terminal);

  Listing listing{"/computations", filter_query(flags.filter, *hub), columns(), "computations"};
  if (flags.cluster) {
    const auto cluster = hub->cluster_id(*flags.cluster);
    if (!cluster) return cluster.error();
    listing.path = "/clusters/" + std::to_string(*cluster) + "/computations";
  }
  const bool table = !flags.listing.json && !flags.listing.csv;
  if (table && (flags.groups || flags.code)) {
    return show_items(*hub, listing, flags.listing, [&](const json::object& computation) {
      return details(computation, flags.groups, flags.code, context.terminal);
    });
  }
  return show_listing(*hub, listing, flags.listing, context.terminal);
}

}  // namespace

void add_computations(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("computations", "List computations, newest first, or show one of them");
  CLI::Option* cluster =
      verb->add_option("CLUSTER", flags->cluster, std::string(kClusterHelp) + "; none: all clusters");
  verb->add_option("--id", flags->id, "Show this computation and its task groups")->excludes(cluster);
  verb->add_flag("--groups", flags->groups, "Show the task groups of each");
  verb->add_flag("--code", flags->code, "Show the source code that started each");
  add_filter_flags(*verb, flags->filter, "running, done, erred, cancelled, lost", "");
  add_listing_flags(*verb, flags->listing);
  verb->footer(
      "Examples:\n  pilothouse computations 3 --status erred\n  pilothouse computations --id 12 --code");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return show(context, *flags); }; });
}

}  // namespace pilothouse::cli
