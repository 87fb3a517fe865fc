#include "recorder/core/recover.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <memory>

#include "base/host.h"
#include "base/paths.h"
#include "cli/text.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
namespace json = boost::json;
using base::Errc;
using base::error;

struct Flags {
  std::string directory;
  bool any_host = false;
};

base::Result<recorder::Recovered> deliver(tape::Spool& spool, const net::HubAccess& hub) {
  asio::io_context loop;
  base::Result<recorder::Recovered> result = error(Errc::kInternal, "the delivery never ran");
  asio::co_spawn(
      loop,
      [&]() -> asio::awaitable<void> {
        result = co_await recorder::deliver_tape(spool, hub, std::chrono::seconds(30));
      },
      asio::detached);
  loop.run();
  return result;
}

std::string told(const recorder::Recovered& recovered) {
  std::string text =
      recovered.cluster > 0 ? "cluster " + std::to_string(recovered.cluster) : "nothing was left to send";
  text +=
      ", " + std::to_string(recovered.spans) + " spans in " + std::to_string(recovered.chunks) + " chunks";
  for (std::size_t kind = 1; kind < recovered.drops.size(); ++kind) {
    if (recovered.drops[kind].count == 0) continue;
    text += ", " + std::to_string(recovered.drops[kind].count) + " " + std::string(tape::kKindNames[kind]) +
            " dropped";
  }
  return text;
}

base::Result<void> recover(Context& context, const Flags& flags) {
  const fs::path directory =
      flags.directory.empty() ? base::default_state_dir() / "spool" : fs::path(flags.directory);
  std::error_code failed;
  if (!flags.directory.empty() && !fs::is_directory(directory, failed)) {
    return error(Errc::kNotFound, directory.string() +
                                      " is not a directory\nGive the one that the recorder's log names, or "
                                      "pilothouse.spool.directory.");
  }
  const auto settings = resolve_hub(context.hub_flags, context.environment, base::default_state_dir());
  if (!settings) return settings.error();
  const auto hub = access(*settings);
  if (!hub) return hub.error();

  std::size_t found = 0;
  for (const fs::path& file : recorder::spools_in(directory)) {
    ++found;
    const auto say = [&](const std::string& what) {
      const std::string line = one_line(file.filename().string() + ": " + what) + "\n";
      std::fputs(line.c_str(), stdout);
      std::fflush(stdout);
    };
    const auto keep = [&](const base::Error& why) {
      say("kept: " + why.message);
      context.exit_code = exit_code_of(why.code);
    };
    auto spool = tape::Spool::open(file);
    if (!spool && spool.error().code == Errc::kConflict) {
      say("left alone: its recorder runs");
      continue;
    }
    if (!spool && spool.error().code == Errc::kNotFound) {
      say("gone: its recorder or another sent it");
      continue;
    }
    if (!spool) {
      keep(spool.error());
      continue;
    }
    if (!flags.any_host && (*spool)->host() != base::host_name()) {
      say("left alone: it is of " + (*spool)->host() + ", where its recorder may run; --any-host if not");
      continue;
    }
    if (const auto closed = recorder::close_tape(**spool); !closed) {
      keep(closed.error());
      continue;
    }
    const auto recovered = deliver(**spool, *hub);
    if (recovered) {
      say(told(*recovered));
      continue;
    }
    keep(recovered.error());
    // What one tape cannot reach, no other will.
    if (recovered.error().code == Errc::kUnavailable || recovered.error().code == Errc::kTimeout) {
      return recovered.error();
    }
  }
  if (found == 0)
    std::fputs(("nothing to recover in " + one_line(directory.string()) + "\n").c_str(), stdout);
  return {};
}

}  // namespace

void add_recover(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb =
      app.add_subcommand("recover", "Send the hub what recorders of dead schedulers left behind");
  verb->add_option("DIRECTORY", flags->directory, "Where they are; default: the usual spool directory");
  verb->add_flag("--any-host", flags->any_host, "Those of other machines too; make sure that none is in use");
  verb->footer(
      "A recording that cannot be sent stays where it is. One whose recorder runs is left alone.\n\n"
      "Example:\n  pilothouse recover /scratch/spool");
  verb->callback(
      [&context, flags] { context.verb = [&context, flags] { return recover(context, *flags); }; });
}

}  // namespace pilothouse::cli
