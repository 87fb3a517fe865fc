#include "store/backup.h"

#include <memory>
#include <string>

#include "base/paths.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

struct Flags {
  std::string file;
  std::string state_dir;
  bool force = false;
};

store::CopyProgress shown_on(Progress& progress) {
  return [&progress](std::int64_t done, std::int64_t total) {
    progress.show(human_bytes(done) + " of " + human_bytes(total));
  };
}

base::Result<void> backup(const Flags& flags) {
  base::Result<std::int64_t> bytes = 0;
  {
    Progress progress;
    bytes = store::backup(base::state_dir_or_default(flags.state_dir), flags.file, flags.force,
                          shown_on(progress));
  }
  if (!bytes) return bytes.error();
  Output out;
  out.write(one_line(flags.file) + " holds the database, " + human_bytes(*bytes) + ".\n");
  return out.finish();
}

base::Result<void> restore(const Flags& flags) {
  base::Result<store::Restored> restored = store::Restored{};
  const std::filesystem::path state_dir = base::state_dir_or_default(flags.state_dir);
  {
    Progress progress;
    restored = store::restore(flags.file, state_dir, flags.force, shown_on(progress));
  }
  if (!restored) return restored.error();
  Output out;
  out.write(one_line(state_dir.string()) + " holds the database of " + one_line(flags.file) + ".\n");
  if (restored->replaced) {
    out.write("The one it held is " + one_line(restored->replaced->string()) + " now.\n");
  }
  out.write("Tokens are those of the backup. Start the hub with: pilothouse serve\n");
  return out.finish();
}

CLI::App* add_verb(CLI::App& app, const std::string& name, const std::string& about, Flags& flags) {
  CLI::App* verb = app.add_subcommand(name, about);
  verb->add_option("--state-dir", flags.state_dir, "The hub's directory; default: its usual one");
  return verb;
}

}  // namespace

void add_backup(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = add_verb(app, "backup", "Copy the hub's database into a file, also while it runs", *flags);
  verb->add_option("FILE", flags->file, "The file to make; it holds everything recorded")->required();
  verb->add_flag("--force", flags->force, "Replace a file that exists");
  verb->footer("Example:\n  pilothouse backup /mnt/backups/pilothouse-monday.db");
  verb->callback([&context, flags] { context.verb = [flags] { return backup(*flags); }; });
}

void add_restore(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = add_verb(app, "restore", "Make a hub's database from a backup", *flags);
  verb->add_option("FILE", flags->file, "What pilothouse backup made")->required();
  verb->add_flag("--force", flags->force, "Put a database that is there aside");
  verb->footer("Example:\n  pilothouse restore /mnt/backups/pilothouse-monday.db --force");
  verb->callback([&context, flags] { context.verb = [flags] { return restore(*flags); }; });
}

}  // namespace pilothouse::cli
