#include <cstdint>
#include <memory>
#include <string>

#include "base/duration.h"
#include "base/paths.h"
#include "cli/verbs.h"
#include "hub/server.h"

namespace pilothouse::cli {
namespace {

struct Flags {
  hub::Options hub;
  std::string state_dir;
  std::string lost_after = "30s";
};

base::Result<void> serve(Context& context, Flags& flags) {
  const auto lost_after = base::parse_duration(flags.lost_after);
  if (!lost_after)
    return base::error(base::Errc::kInvalidArgument, "--lost-after: " + lost_after.error().message);
  if (*lost_after < base::kMicrosPerSecond) {
    return base::error(base::Errc::kInvalidArgument, "--lost-after: must be at least 1s");
  }
  flags.hub.lost_after = *lost_after;
  flags.hub.state_dir =
      flags.state_dir.empty() ? base::default_state_dir() : std::filesystem::path(flags.state_dir);
  if (hub::serve(flags.hub) != 0) context.exit_code = ExitCode::kFailed;
  return {};
}

}  // namespace

void add_serve(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("serve", "Run the hub");
  verb->add_option("--host", flags->hub.host, "Where to listen")->capture_default_str();
  verb->add_option("--port", flags->hub.port, "0: any free port")->capture_default_str();
  verb->add_option("--state-dir", flags->state_dir,
                   "Database and local token; default: ~/.local/state/pilothouse");
  verb->add_option("--lost-after", flags->lost_after, "Silence after which a cluster counts as lost")
      ->capture_default_str();
  verb->add_flag("--insecure", flags->hub.insecure, "Allow other machines to connect, without encryption");
  verb->add_flag("--log-requests", flags->hub.log_requests, "One line on standard error for each request");
  verb->footer("Example:\n  pilothouse serve --port 8790 --lost-after 1m");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return serve(context, *flags); }; });
}

}  // namespace pilothouse::cli
