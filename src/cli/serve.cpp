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
  std::string retention_interval = "1m";
};

base::Result<base::Micros> at_least(base::Micros least, const char* least_text, const std::string& flag,
                                    const std::string& text) {
  auto duration = base::parse_duration(text);
  if (!duration) return base::error(base::Errc::kInvalidArgument, flag + ": " + duration.error().message);
  if (*duration < least) {
    return base::error(base::Errc::kInvalidArgument, flag + ": must be at least " + least_text);
  }
  return duration;
}

base::Result<void> serve(Context& context, Flags& flags) {
  const auto lost_after = at_least(base::kMicrosPerSecond, "1s", "--lost-after", flags.lost_after);
  if (!lost_after) return lost_after.error();
  const auto interval =
      at_least(base::kMicrosPerSecond / 10, "100ms", "--retention-interval", flags.retention_interval);
  if (!interval) return interval.error();
  flags.hub.lost_after = *lost_after;
  flags.hub.retention_interval = *interval;
  flags.hub.state_dir = base::state_dir_or_default(flags.state_dir);
  flags.hub.pages = context.pages;
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
  CLI::Option* certificate =
      verb->add_option("--tls-cert", flags->hub.tls_certificate,
                       "Certificate and chain in PEM: speak HTTPS; SIGHUP reads it again");
  CLI::Option* key = verb->add_option("--tls-key", flags->hub.tls_key, "Its private key in PEM");
  certificate->needs(key);
  key->needs(certificate);
  verb->add_option("--url", flags->hub.url,
                   "The address for clients on this machine, if the certificate is for another name");
  verb->add_option("--max-connections", flags->hub.max_connections,
                   "When there are more, the one idle for the longest is closed")
      ->check(CLI::Range(std::size_t{16}, std::size_t{100'000}))
      ->capture_default_str();
  verb->add_option("--lost-after", flags->lost_after, "Silence after which a cluster counts as lost")
      ->capture_default_str();
  verb->add_option("--retention-interval", flags->retention_interval,
                   "How often to remove what workspaces no longer keep")
      ->capture_default_str();
  verb->add_option("--rate-limit", flags->hub.limits.per_token,
                   "Requests per second and token, twice as many at once; 0: no limit")
      ->capture_default_str();
  verb->add_option("--refusal-limit", flags->hub.limits.without_token,
                   "Requests per second and address without a valid token; 0: no limit")
      ->capture_default_str();
  verb->add_flag("--insecure", flags->hub.insecure, "Allow other machines to connect without TLS");
  verb->add_flag("--log-requests", flags->hub.log_requests, "One line on standard error for each request");
  verb->footer(
      "Example:\n  pilothouse serve --host 0.0.0.0 --tls-cert hub.pem --tls-key hub.key --url "
      "https://hub.example.org:8790");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return serve(context, *flags); }; });
}

}  // namespace pilothouse::cli
