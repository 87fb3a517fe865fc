#include "cli/run.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <csignal>
#include <iostream>
#include <memory>
#include <string>

#include "cli/context.h"
#include "cli/exit_code.h"
#include "cli/help_format.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

constexpr const char* kFooter =
    R"(The hub's address, the token, the CA file and the workspace come from, in this order: the options above; the
environment (DASK_PILOTHOUSE__ADDRESS, DASK_PILOTHOUSE__TOKEN, DASK_PILOTHOUSE__TLS__CA_FILE,
DASK_PILOTHOUSE__WORKSPACE); section pilothouse of Dask's YAML files ($DASK_CONFIG, ~/.config/dask, /etc/dask); the
hub that was started on this machine.

Exit codes: 0 done, 1 failed or refused, 2 wrong usage, 3 no answer from the hub, 4 not authorized, 5 not found,
6 an audit found more risk than was allowed, 7 what was to be audited could not be read

Examples:
  pilothouse serve
  pilothouse open
  pilothouse clusters --status running
  pilothouse exceptions --since 1h --traceback)";

void describe(CLI::App& app, Context& context) {
  app.require_subcommand(1);
  app.fallthrough();
  app.formatter(std::make_shared<HelpFormat>());
  app.failure_message([](const CLI::App*, const CLI::Error& wrong) {
    return std::string("pilothouse: ") + wrong.what() + "\nRun with --help for more information.\n";
  });
  app.set_version_flag("--version", std::string("pilothouse ") + PILOTHOUSE_VERSION);
  app.add_option("--address", context.hub_flags.address, "The hub, like http://127.0.0.1:8790");
  app.add_option("--token", context.hub_flags.token,
                 "The token; others on this machine see it, the environment is better");
  app.add_option("--ca-file", context.hub_flags.ca_file,
                 "Trust only the certificates in this PEM file, not the system's CAs; for https://");
  app.add_option("--workspace", context.hub_flags.workspace, "The workspace, if not the token's own");
  app.footer(kFooter);
  add_serve(app, context);
  add_workspace(app, context);
  add_user(app, context);
  add_token(app, context);
  add_clusters(app, context);
  add_computations(app, context);
  add_events(app, context);
  add_exceptions(app, context);
  add_workers(app, context);
  add_spans(app, context);
  add_find(app, context);
  add_report(app, context);
  add_close(app, context);
  add_open(app, context);
  add_recover(app, context);
  add_replay(app, context);
  add_tape(app, context);
  add_plugin(app, context);
  add_redact(app, context);
  add_audit(app, context);
  add_audit_log(app, context);
  add_backup(app, context);
  add_restore(app, context);
  add_vacuum(app, context);
  add_completion(app, context);
}

}  // namespace

int run(int argc, const char* const* argv, std::span<const pages::Asset> pages,
        const pages::Asset* report_page) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is reported like a full disk
  Context context;
  context.environment = read_environment();
  context.pages = pages;
  context.report_page = report_page;
  context.terminal = look_at_stdout(context.environment);

  CLI::App app("Pilothouse: a flight recorder for Dask clusters", "pilothouse");
  describe(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& outcome) {  // --help and --version arrive here as well
    const bool wrong = app.exit(outcome, std::cout, std::cerr) != 0;
    return static_cast<int>(wrong ? ExitCode::kUsage : ExitCode::kOk);
  }
  const auto done = context.verb();
  if (done) return static_cast<int>(context.exit_code);
  print_failure(done.error());
  return static_cast<int>(exit_code_of(done.error().code));
}

}  // namespace pilothouse::cli
