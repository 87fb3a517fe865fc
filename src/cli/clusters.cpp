#include <memory>
#include <string>

#include "cli/listing.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;

json::value lifetime(const json::object& cluster) {
  const json::value* stop = find(cluster, "stop_us");
  const bool ended = stop != nullptr && !stop->is_null();
  return number_at(cluster, ended ? "stop_us" : "last_seen_us") - number_at(cluster, "start_us");
}

json::value workers(const json::object& cluster) {
  return number_at(cluster, text_at(cluster, "status") == "running" ? "workers.now" : "workers.total");
}

// "night-guard 1.2.0, lookout refused (expired)"
json::value plugins(const json::object& cluster) {
  std::string text;
  const json::value* list = find(cluster, "plugins");
  if (list == nullptr || !list->is_array()) return json::value(text);
  for (const json::value& item : list->get_array()) {
    const json::object* plugin = item.if_object();
    if (plugin == nullptr) continue;
    const bool refused = text_at(*plugin, "state") == "refused";
    if (!text.empty()) text += ", ";
    text += text_at(*plugin, "name") + " " +
            (refused ? "refused (" + text_at(*plugin, "code") + ")" : text_at(*plugin, "version"));
  }
  return json::value(text);
}

Columns columns() {
  return {
      {"id", Kind::kCount, "id"},
      {"name", Kind::kText, "name"},
      {"status", Kind::kState, "status"},
      {"start", Kind::kTime, "start_us"},
      {"duration", Kind::kDuration, "", Shown::kAlways, lifetime},
      {"workers", Kind::kCount, "", Shown::kAlways, workers},
      {"tasks", Kind::kCount, "tasks.total"},
      {"erred", Kind::kCount, "tasks.erred"},
      {"user", Kind::kText, "user", Shown::kWide},
      {"computations", Kind::kCount, "computations", Shown::kWide},
      {"exceptions", Kind::kCount, "exceptions", Shown::kWide},
      {"dropped_spans", Kind::kCount, "dropped_spans", Shown::kWide},
      {"memory", Kind::kBytes, "memory_limit", Shown::kWide},
      {"plugins", Kind::kText, "", Shown::kWide, plugins},
      {"scheduler_id", Kind::kText, "scheduler_id", Shown::kWide},
      {"address", Kind::kText, "address", Shown::kCsvOnly},
      {"host", Kind::kText, "host", Shown::kCsvOnly},
      {"stop", Kind::kTime, "stop_us", Shown::kCsvOnly},
      {"stop_reason", Kind::kText, "stop_reason", Shown::kCsvOnly},
      {"last_seen", Kind::kTime, "last_seen_us", Shown::kCsvOnly},
      {"workers_now", Kind::kCount, "workers.now", Shown::kCsvOnly},
      {"workers_total", Kind::kCount, "workers.total", Shown::kCsvOnly},
      {"workers_lost", Kind::kCount, "workers.lost", Shown::kCsvOnly},
      {"threads", Kind::kCount, "threads", Shown::kCsvOnly},
      {"clients", Kind::kCount, "clients", Shown::kCsvOnly},
      {"memory_tasks", Kind::kCount, "tasks.memory", Shown::kCsvOnly},
      {"blamed_tasks", Kind::kCount, "tasks.blamed", Shown::kCsvOnly},
      {"events", Kind::kCount, "events", Shown::kCsvOnly},
      {"spans", Kind::kCount, "spans", Shown::kCsvOnly},
      {"spans_expired", Kind::kCount, "spans_expired", Shown::kCsvOnly},
      {"missing_chunks", Kind::kCount, "missing_chunks", Shown::kCsvOnly},
      {"workspace", Kind::kText, "workspace", Shown::kCsvOnly},
      {"python", Kind::kText, "versions.python", Shown::kCsvOnly},
      {"dask", Kind::kText, "versions.dask", Shown::kCsvOnly},
      {"distributed", Kind::kText, "versions.distributed", Shown::kCsvOnly},
  };
}

}  // namespace

void add_clusters(CLI::App& app, Context& context) {
  struct Flags {
    ListingFlags listing;
    FilterFlags filter;
  };
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("clusters", "List clusters, newest first");
  add_filter_flags(*verb, flags->filter, "running, stopped, lost", "7 days");
  add_listing_flags(*verb, flags->listing);
  verb->footer("Example:\n  pilothouse clusters --status running --user ada");
  verb->callback([&context, flags] {
    context.verb = [&context, flags]() -> base::Result<void> {
      const auto hub = context.hub();
      if (!hub) return hub.error();
      return show_listing(*hub, {"/clusters", filter_query(flags->filter, *hub), columns(), "clusters"},
                          flags->listing, context.terminal);
    };
  });
}

}  // namespace pilothouse::cli
