#include <cstdint>
#include <memory>

#include "cli/listing.h"
#include "cli/span_columns.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

struct Flags {
  std::int64_t computation = 0;
  std::string status;
  std::string text;
  ListingFlags listing;
};

base::Result<void> show(const Context& context, const Flags& flags) {
  const auto hub = context.hub();
  if (!hub) return hub.error();
  return show_listing(*hub,
                      {"/computations/" + std::to_string(flags.computation) + "/spans",
                       {{"status", flags.status}, {"text", flags.text}},
                       span_columns(),
                       "spans"},
                      flags.listing, context.terminal);
}

}  // namespace

void add_spans(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb =
      app.add_subcommand("spans", "List the runs of a computation's tasks, as they were recorded");
  verb->add_option("COMPUTATION", flags->computation, "The computation's id")->required();
  verb->add_option("--status", flags->status, "One of memory, erred");
  verb->add_option("--text", flags->text, "Only keys that contain this");
  add_listing_flags(*verb, flags->listing);
  verb->footer("Example:\n  pilothouse spans 12 --all --json > spans.json");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return show(context, *flags); }; });
}

}  // namespace pilothouse::cli
