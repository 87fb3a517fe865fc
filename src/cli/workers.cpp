#include <memory>

#include "cli/listing.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

struct Flags {
  std::string cluster;
  ListingFlags listing;
};

Columns columns() {
  return {
      {"name", Kind::kText, "name"},
      {"address", Kind::kText, "address"},
      {"threads", Kind::kCount, "nthreads"},
      {"memory", Kind::kBytes, "memory_limit"},
      {"joined", Kind::kTime, "joined_us"},
      {"left", Kind::kTime, "left_us"},
      {"expected", Kind::kText, "expected", Shown::kWide},
      {"lost_results", Kind::kCount, "lost_results", Shown::kWide},
      {"used", Kind::kBytes, "last.memory", Shown::kWide},
      {"reason", Kind::kText, "reason", Shown::kWide},
      {"host", Kind::kText, "host", Shown::kCsvOnly},
      {"id", Kind::kCount, "id", Shown::kCsvOnly},
      {"processing", Kind::kCount, "processing", Shown::kCsvOnly},
      {"processing_keys", Kind::kJson, "processing_keys", Shown::kCsvOnly},
      {"lost_scattered", Kind::kCount, "lost_scattered", Shown::kCsvOnly},
      {"cpu", Kind::kText, "last.cpu", Shown::kCsvOnly},
      {"spilled", Kind::kBytes, "last.spilled", Shown::kCsvOnly},
      {"executing", Kind::kCount, "last.executing", Shown::kCsvOnly},
      {"ready", Kind::kCount, "last.ready", Shown::kCsvOnly},
  };
}

base::Result<void> show(const Context& context, const Flags& flags) {
  const auto hub = context.hub();
  if (!hub) return hub.error();
  const auto cluster = hub->cluster_id(flags.cluster);
  if (!cluster) return cluster.error();
  return show_listing(*hub, {"/clusters/" + std::to_string(*cluster) + "/workers", {}, columns(), "workers"},
                      flags.listing, context.terminal);
}

}  // namespace

void add_workers(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("workers", "List the workers a cluster has and had, newest first");
  verb->add_option("CLUSTER", flags->cluster, kClusterHelp)->required();
  add_listing_flags(*verb, flags->listing);
  verb->footer("Example:\n  pilothouse workers 3 --csv > workers.csv");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return show(context, *flags); }; });
}

}  // namespace pilothouse::cli
