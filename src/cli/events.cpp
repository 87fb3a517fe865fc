#include <memory>

#include "cli/listing.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

struct Flags {
  std::string cluster;
  std::string topic;
  ListingFlags listing;
  FilterFlags filter;
};

Columns columns() {
  return {
      {"time", Kind::kTime, "time_us"},
      {"topic", Kind::kText, "topic"},
      {"payload", Kind::kJson, "payload"},
      {"id", Kind::kCount, "id", Shown::kCsvOnly},
      {"cluster", Kind::kCount, "cluster_id", Shown::kCsvOnly},
      {"truncated", Kind::kText, "truncated", Shown::kCsvOnly},
  };
}

base::Result<void> show(const Context& context, const Flags& flags) {
  const auto hub = context.hub();
  if (!hub) return hub.error();
  const auto cluster = hub->cluster_id(flags.cluster);
  if (!cluster) return cluster.error();
  Query query = filter_query(flags.filter, *hub);
  query.emplace_back("topic", flags.topic);
  return show_listing(*hub, {"/clusters/" + std::to_string(*cluster) + "/events", query, columns(), "events"},
                      flags.listing, context.terminal);
}

}  // namespace

void add_events(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("events", "List what a cluster logged, newest first");
  verb->add_option("CLUSTER", flags->cluster, kClusterHelp)->required();
  verb->add_option("--topic", flags->topic, "Only this topic");
  add_filter_flags(*verb, flags->filter, "running, stopped, lost (of the cluster)", "");
  add_listing_flags(*verb, flags->listing);
  verb->footer("Example:\n  pilothouse events 3 --topic all --since 1h");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return show(context, *flags); }; });
}

}  // namespace pilothouse::cli
