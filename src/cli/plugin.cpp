#include "cli/plugin.h"

#include <filesystem>

#include "base/files.h"
#include "cli/verbs.h"

namespace pilothouse::cli {

using base::Errc;
using base::error;

base::Error refused(std::string_view what, const trust::Refusal& refusal) {
  const std::size_t end = std::min(refusal.message.find('\n'), refusal.message.size());
  std::string message(what);
  message.append(": ").append(refusal.message, 0, end);
  message.append(" (").append(trust::name_of(refusal.code)).append(")").append(refusal.message, end);
  return error(Errc::kMalformed, std::move(message));
}

base::Error hub_failure(base::Error failure) {
  if (failure.code == Errc::kNotFound) failure.message += "\nSee what there is with: pilothouse plugin list";
  return failure;
}

base::Result<std::string> read_bundle(const std::string& file) {
  auto bytes = base::read_file(file, trust::kLargestMaxBundle);
  if (!bytes) return local_failure(bytes.error());
  return bytes;
}

base::Result<void> write_new_file(const std::string& file, std::string_view bytes) {
  constexpr unsigned kMode = 0644;
  // An empty file claims the name, and is replaced by the whole one.
  auto written = base::create_file(file, {}, kMode);
  if (!written) return local_failure(written.error());
  written = base::replace_file(file, bytes, kMode);
  if (written) return {};
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  return local_failure(written.error());
}

void add_plugin(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("plugin", "Signed plugins for Dask: make, check, publish and revoke");
  group->require_subcommand(1);
  group->footer(
      "A team signs a plugin; whoever runs schedulers pins the team's key. The hub only hands it on.\n\n"
      "Examples:\n"
      "  pilothouse plugin keygen team.key --passphrase        # once; team.key.pub is for everybody\n"
      "  pilothouse plugin pack src -o idle.bundle --name idle-watch --version 1.0.0 \\\n"
      "      --entry idle:IdleWatch --kind scheduler --publisher team.key.pub\n"
      "  pilothouse plugin sign idle.bundle --key team.key     # by as many keys as hosts demand\n"
      "  pilothouse plugin verify idle.bundle --trust team.key.pub\n"
      "  pilothouse plugin publish idle.bundle                 # needs a token with the scope publish\n\n"
      "Then pin it where schedulers run, in a file like ~/.config/dask/pilothouse.yaml:\n"
      "  pilothouse:\n    plugins:\n      - name: idle-watch\n        keys: [\"ed25519:...\"]");
  add_plugin_keygen(*group, context);
  add_plugin_pack(*group, context);
  add_plugin_sign(*group, context);
  add_plugin_verify(*group, context);
  add_plugin_inspect(*group, context);
  add_plugin_hub(*group, context);
  add_plugin_revoke(*group, context);
}

}  // namespace pilothouse::cli
