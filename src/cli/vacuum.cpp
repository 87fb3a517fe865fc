#include "store/vacuum.h"

#include <memory>
#include <string>

#include "base/paths.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "store/record_store.h"

namespace pilothouse::cli {
namespace {

struct Flags {
  std::string state_dir;
  bool dry_run = false;
};

std::string in_words(const store::Removed& removed) {
  return std::to_string(removed.spans) + " spans in " + std::to_string(removed.blocks) + " blocks, " +
         std::to_string(removed.clusters) + " clusters, about " + human_bytes(removed.bytes);
}

base::Result<void> vacuum(const Flags& flags) {
  const std::filesystem::path state_dir = base::state_dir_or_default(flags.state_dir);
  Output out;
  if (flags.dry_run) {
    const auto found = store::find_expired(state_dir, store::kDefaultLostAfter);
    if (!found) return found.error();
    out.write("Would remove: " + in_words(*found) + "\n");
    return out.finish();
  }
  base::Result<store::Vacuumed> done = store::Vacuumed{};
  {
    Progress progress;
    done = store::vacuum(
        state_dir, store::kDefaultLostAfter, [&](const store::Removed& removed, std::int64_t bytes) {
          progress.show("removed " + in_words(removed) + "; the database takes " + human_bytes(bytes));
        });
  }
  if (!done) return done.error();
  out.write("Removed: " + in_words(done->removed) + "\nBefore: " + std::to_string(done->bytes_before) +
            " bytes\nAfter:  " + std::to_string(done->bytes_after) + " bytes\n");
  return out.finish();
}

}  // namespace

void add_vacuum(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand(
      "vacuum", "Remove what workspaces no longer keep, and give its room back to the file system");
  verb->add_option("--state-dir", flags->state_dir, "The hub's directory; default: its usual one");
  verb->add_flag("--dry-run", flags->dry_run, "Only say what would be removed");
  verb->footer("Example:\n  pilothouse vacuum --dry-run");
  verb->callback([&context, flags] { context.verb = [flags] { return vacuum(*flags); }; });
}

}  // namespace pilothouse::cli
