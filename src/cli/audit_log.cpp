#include <memory>
#include <string>

#include "cli/listing.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

struct Flags {
  std::string since;
  std::string until;
  std::string text;
  ListingFlags listing;
};

Columns columns() {
  return {
      {"time", Kind::kTime, "time_us"},
      {"actor", Kind::kText, "actor"},
      {"action", Kind::kText, "action"},
      {"subject", Kind::kText, "subject"},
      {"outcome", Kind::kText, "outcome"},
      {"detail", Kind::kText, "detail", Shown::kWide},
      {"token", Kind::kCount, "token_id", Shown::kWide},
      {"id", Kind::kCount, "id", Shown::kCsvOnly},
  };
}

base::Result<void> show(const Context& context, const Flags& flags) {
  const auto hub = context.hub();
  if (!hub) return hub.error();
  const Query query{{"since", flags.since == "all" ? "" : flags.since},
                    {"until", flags.until},
                    {"text", flags.text},
                    {"workspace", hub->workspace().value_or("")}};
  return show_listing(*hub, {"/audit", query, columns(), "rows"}, flags.listing, context.terminal);
}

}  // namespace

void add_audit_log(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb =
      app.add_subcommand("audit-log", "List who changed what, newest first; needs the scope admin");
  verb->add_option("--since", flags->since,
                   "Not older than this: \"2h\", \"7 days\", an ISO 8601 time, or all");
  verb->add_option("--until", flags->until, "Not newer than this");
  verb->add_option("--text", flags->text, "Only where action, actor or subject contain this, in either case");
  add_listing_flags(*verb, flags->listing);
  verb->footer("Example:\n  pilothouse audit-log --since \"7 days\" --text token");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return show(context, *flags); }; });
}

}  // namespace pilothouse::cli
