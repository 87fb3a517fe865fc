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
  std::string type;
  bool traceback = false;
  bool group = false;
  ListingFlags listing;
  FilterFlags filter;
};

json::value message_line(const json::object& item) {
  return json::value(first_line(text_at(item, "message")));
}

Columns columns() {
  return {
      {"time", Kind::kTime, "time_us"},
      {"cluster", Kind::kCount, "cluster_id"},
      {"type", Kind::kText, "type"},
      {"message", Kind::kText, "", Shown::kAlways, message_line},
      {"key", Kind::kText, "key"},
      {"blamed", Kind::kCount, "blamed"},
      {"attempt", Kind::kCount, "attempt", Shown::kWide},
      {"computation", Kind::kCount, "computation_id", Shown::kWide},
      {"id", Kind::kCount, "id", Shown::kCsvOnly},
      {"group", Kind::kText, "group", Shown::kCsvOnly},
      {"workers", Kind::kJson, "workers", Shown::kCsvOnly},
      {"full_message", Kind::kText, "message", Shown::kCsvOnly},
      {"traceback", Kind::kText, "traceback", Shown::kCsvOnly},
      {"truncated", Kind::kText, "truncated", Shown::kCsvOnly},
      {"scheduler_id", Kind::kText, "scheduler_id", Shown::kCsvOnly},
  };
}

Columns group_columns() {
  return {
      {"last", Kind::kTime, "last_us"},
      {"cluster", Kind::kCount, "cluster_id"},
      {"count", Kind::kCount, "count"},
      {"type", Kind::kText, "type"},
      {"message", Kind::kText, "", Shown::kAlways, message_line},
      {"first", Kind::kTime, "first_us", Shown::kWide},
      {"id", Kind::kCount, "id", Shown::kWide},
      {"fingerprint", Kind::kText, "fingerprint", Shown::kCsvOnly},
      {"full_message", Kind::kText, "message", Shown::kCsvOnly},
      {"traceback", Kind::kText, "traceback", Shown::kCsvOnly},
      {"scheduler_id", Kind::kText, "scheduler_id", Shown::kCsvOnly},
  };
}

std::string with_traceback(const json::object& item, const Terminal& terminal) {
  const std::string title = one_line(text_at(item, "type") + ": " + text_at(item, "message"));
  const Column time{"time", Kind::kTime, "time_us"};
  std::string result = terminal.color ? "\x1b[1m" + title + "\x1b[0m\n" : title + "\n";
  result += "cluster " + text_at(item, "cluster_id") + ", " + table_cell(time, item, terminal) + ", key " +
            one_line(text_at(item, "key")) + ", blamed for " + text_at(item, "blamed") + " more\n";
  result += many_lines(text_at(item, "traceback"));
  if (!result.ends_with('\n')) result += '\n';
  if (text_at(item, "truncated") == "true") result += "(cut by the recorder)\n";
  return result + "\n";
}

base::Result<void> show(const Context& context, const Flags& flags) {
  const auto hub = context.hub();
  if (!hub) return hub.error();
  Listing listing{"/exceptions", filter_query(flags.filter, *hub), columns(), "exceptions"};
  if (flags.group) {
    listing.path = "/exceptions/groups";
    listing.columns = group_columns();
    listing.plural = "groups of exceptions";
  }
  listing.query.emplace_back("type", flags.type);
  if (flags.cluster) {
    const auto cluster = hub->cluster_id(*flags.cluster);
    if (!cluster) return cluster.error();
    listing.query.emplace_back("cluster_id", std::to_string(*cluster));
  }
  if (flags.traceback && !flags.listing.json && !flags.listing.csv) {
    return show_items(*hub, listing, flags.listing,
                      [&](const json::object& item) { return with_traceback(item, context.terminal); });
  }
  return show_listing(*hub, listing, flags.listing, context.terminal);
}

}  // namespace

void add_exceptions(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("exceptions", "List tasks that erred, newest first");
  verb->add_option("--cluster", flags->cluster, "Only of this cluster: its id, or its scheduler_id");
  verb->add_option("--type", flags->type, "Only exceptions of this type");
  CLI::Option* traceback = verb->add_flag("--traceback", flags->traceback, "Show each with its traceback");
  verb->add_flag("--group", flags->group, "One line for all of a cluster that differ only in numbers")
      ->excludes(traceback);
  add_filter_flags(*verb, flags->filter, "running, stopped, lost (of the cluster)", "7 days");
  add_listing_flags(*verb, flags->listing);
  verb->footer("Example:\n  pilothouse exceptions --cluster 3 --type ValueError --traceback");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return show(context, *flags); }; });
}

}  // namespace pilothouse::cli
