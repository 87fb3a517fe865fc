#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <thread>

#include "base/duration.h"
#include "cli/column.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;
using base::Errc;
using base::error;
using Clock = std::chrono::steady_clock;

struct Flags {
  std::string cluster;
  std::string timeout = "60s";
  bool no_wait = false;
};

// How far a close is.
enum class Stage { kRequested, kAcknowledged, kObserved };

Stage stage_of(const json::object& cluster) {
  if (text_at(cluster, "status") != "running" || !text_at(cluster, "desired_state.observed_us").empty()) {
    return Stage::kObserved;
  }
  return text_at(cluster, "desired_state.acknowledged_us").empty() ? Stage::kRequested : Stage::kAcknowledged;
}

void say(std::int64_t id, const char* what) {
  std::fprintf(stderr, "cluster %lld %s\n", static_cast<long long>(id), what);
}

base::Error too_slow(std::int64_t id, const std::string& timeout, Stage stage) {
  const std::string heard = stage == Stage::kRequested ? "has not heard of the request yet" : "is closing";
  return error(Errc::kConflict,
               "cluster " + std::to_string(id) + " has not stopped within " + timeout + "; it " + heard +
                   "\nThe request stays with the hub and is carried out as soon as the cluster is "
                   "heard from.");
}

base::Result<void> close(const Context& context, const Flags& flags) {
  const auto patience = base::parse_duration(flags.timeout);
  if (!patience) return error(Errc::kInvalidArgument, "--timeout: " + patience.error().message);
  const auto hub = context.hub();
  if (!hub) return hub.error();
  const auto id = hub->cluster_id(flags.cluster);
  if (!id) return id.error();

  const std::string path = "/clusters/" + std::to_string(*id);
  auto cluster = hub->post(path + "/desired-state", {{"state", "stopped"}});
  if (!cluster) return cluster.error();
  if (text_at(*cluster, "status") != "running") {
    say(*id, text_at(*cluster, "status") == "lost" ? "is lost: nobody is there to stop it"
                                                   : "has already stopped");
    return {};
  }
  say(*id, "is asked to stop");
  if (flags.no_wait) return {};

  const auto deadline = Clock::now() + std::chrono::microseconds(*patience);
  std::chrono::milliseconds pause(50);
  for (Stage before = Stage::kRequested;;) {
    const Stage stage = stage_of(*cluster);
    if (stage == Stage::kObserved) {
      say(*id,
          text_at(*cluster, "status") == "lost" ? "is lost: it stopped without saying so" : "has stopped");
      return {};
    }
    if (stage != before) say(*id, "has heard of it and is closing");
    before = stage;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return too_slow(*id, flags.timeout, stage);
    std::this_thread::sleep_for(std::min(pause, left));
    pause = std::min(pause * 2, std::chrono::milliseconds(1000));
    cluster = hub->get(path);
    if (!cluster) return cluster.error();
  }
}

}  // namespace

void add_close(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("close", "Ask a cluster to stop, and wait until its end is seen");
  verb->add_option("CLUSTER", flags->cluster, kClusterHelp)->required();
  verb->add_flag("--no-wait", flags->no_wait, "Only ask");
  verb->add_option("--timeout", flags->timeout, "How long to wait")->capture_default_str();
  verb->footer("Example:\n  pilothouse close 3 --timeout 2min");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return close(context, *flags); }; });
}

}  // namespace pilothouse::cli
