#include <memory>
#include <optional>
#include <string>

#include "cli/listing.h"
#include "cli/span_columns.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

struct Flags {
  std::string key;
  std::optional<std::string> cluster;
  std::string computation;
  ListingFlags listing;
};

base::Result<void> show(const Context& context, const Flags& flags) {
  const auto hub = context.hub();
  if (!hub) return hub.error();
  Columns columns = span_columns();
  columns.insert(columns.begin(),
                 {{"cluster", Kind::kCount, "cluster_id"}, {"computation", Kind::kCount, "computation_id"}});
  Listing listing{"/spans", {{"key", flags.key}, {"computation_id", flags.computation}}, columns, "runs"};
  if (flags.cluster) {
    const auto cluster = hub->cluster_id(*flags.cluster);
    if (!cluster) return cluster.error();
    listing.query.emplace_back("cluster_id", std::to_string(*cluster));
  }
  return show_listing(*hub, listing, flags.listing, context.terminal);
}

}  // namespace

void add_find(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("find", "Find the runs of one task by its key, wherever it ran");
  verb->add_option("KEY", flags->key, "The task's key, as Dask shows it")->required();
  verb->add_option("--cluster", flags->cluster, "Only in this cluster: its id, or its scheduler_id");
  verb->add_option("--computation", flags->computation, "Only in the computation with this id");
  add_listing_flags(*verb, flags->listing);
  verb->footer("Example:\n  pilothouse find \"('sum-1a2b', 0, 3)\" --cluster 3");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return show(context, *flags); }; });
}

}  // namespace pilothouse::cli
