#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "cli/listing.h"
#include "cli/plugin.h"
#include "cli/text.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;

struct Flags {
  std::string bundle;
  std::string text;
  ListingFlags listing;
};

// The hub would say the same; here nothing has to be sent to learn it.
base::Result<void> check(const std::string& file, std::string_view bytes) {
  const auto envelope = trust::Envelope::open(bytes);
  if (!envelope) return refused(file, envelope.error());
  if (const auto fine = envelope->check_signatures(); !fine) return refused(file, fine.error());
  if (const auto contents = trust::read_contents(*envelope); !contents)
    return refused(file, contents.error());
  return {};
}

base::Result<void> publish(const Context& context, const Flags& flags) {
  auto bytes = read_bundle(flags.bundle);
  if (!bytes) return bytes.error();
  if (const auto fine = check(flags.bundle, *bytes); !fine) return fine.error();
  const auto hub = context.hub();
  if (!hub) return hub.error();
  const auto answer = hub->post_bytes("/plugins", std::move(*bytes), std::string(trust::kBundleMediaType));
  if (!answer) return answer.error();
  const json::value* is_new = find(*answer, "new");
  const bool was_there = is_new != nullptr && is_new->is_bool() && !is_new->get_bool();
  Output out;
  out.write(one_line(text_at(*answer, "name")) + " " + one_line(text_at(*answer, "version")) +
            (was_there ? " was published before" : " is published") + ": sha256 " +
            one_line(text_at(*answer, "sha256")) + "\n");
  return out.finish();
}

json::value revoked(const json::object& item) {
  const json::value* why = item.if_contains("revoked");
  if (why == nullptr || !why->is_object()) return nullptr;
  return json::value(text_at(why->get_object(), "reason"));
}

// Empty until the hub has audited it, and when it cannot.
json::value risk(const json::object& item) {
  const json::value* found = find(item, "audit.risk");
  if (found == nullptr || !found->is_number()) return nullptr;
  constexpr double kHundred = 100;
  return json::value(score_text(std::llround(std::clamp(found->to_number<double>(), 0.0, 1.0) * kHundred)));
}

Columns columns() {
  return {{"name", Kind::kText, "name"},
          {"version", Kind::kText, "version"},
          {"kind", Kind::kText, "kind"},
          {"published", Kind::kTime, "published_us"},
          {"by", Kind::kText, "published_by"},
          {"expires", Kind::kTime, "expires_us"},
          {"risk", Kind::kText, "", Shown::kAlways, risk},
          {"revoked", Kind::kText, "", Shown::kAlways, revoked},
          {"size", Kind::kBytes, "size", Shown::kWide},
          {"publisher", Kind::kText, "publisher", Shown::kWide},
          {"signers", Kind::kJson, "signers", Shown::kCsvOnly},
          {"sha256", Kind::kText, "sha256", Shown::kCsvOnly}};
}

base::Result<void> list(const Context& context, const Flags& flags) {
  const auto hub = context.hub();
  if (!hub) return hub.error();
  return show_listing(*hub, {"/plugins", {{"text", flags.text}}, columns(), "plugins"}, flags.listing,
                      context.terminal);
}

}  // namespace

void add_plugin_hub(CLI::App& group, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* publisher = group.add_subcommand("publish", "Offer a signed bundle to those who pin its keys");
  publisher->add_option("BUNDLE", flags->bundle, "The bundle's file")->required();
  publisher->footer(
      "It needs a token with the scope publish. A version can be published once.\n\n"
      "Example:\n  pilothouse plugin publish idle.bundle");
  publisher->callback(
      [&context, flags] { context.verb = [&context, flags] { return publish(context, *flags); }; });

  CLI::App* lister = group.add_subcommand("list", "List the bundles of the hub, newest first");
  lister->add_option("--text", flags->text, "Only names that contain this");
  add_listing_flags(*lister, flags->listing);
  lister->footer("Example:\n  pilothouse plugin list");
  lister->callback([&context, flags] { context.verb = [&context, flags] { return list(context, *flags); }; });
}

}  // namespace pilothouse::cli
