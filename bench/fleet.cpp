// Fills a running hub for eyes: many small clusters of several users, and one with a large computation.
// Prints one JSON line.
#include <array>
#include <boost/json.hpp>
#include <random>

#include "made_up_cluster.h"
#include "measure.h"
#include "program.h"
#include "share_out.h"

namespace pilothouse::bench {
namespace {

constexpr base::Micros kMinute = 60'000'000;
constexpr base::Micros kDay = kMinute * 60 * 24;
constexpr base::Micros kLatest = kMinute * 10;  // ago; everything is over by now
constexpr std::array kUsers{"ada", "barbara", "edsger", "grace", "katherine"};
constexpr std::array kSeas{"baltic", "north-sea", "biscay", "adriatic", "black-sea", "irish-sea", "aegean"};

struct Options {
  Hub hub;
  std::size_t clusters = 0;
  std::size_t tasks = 0;  // of the large computation; 0: none
  std::uint64_t seed = 7;
  std::size_t senders = 4;
};

// The first one is the newest; they began within the last twenty days.
MadeUpCluster small_cluster(const Options& options, std::size_t number) {
  std::mt19937_64 random(options.seed * 1'000'003 + number);
  MadeUpCluster plan;
  plan.seed = options.seed + number;
  plan.name = std::string(kSeas[random() % kSeas.size()]) + "-" + std::to_string(number);
  plan.user = kUsers[random() % kUsers.size()];
  const base::Micros pause = kDay * 20 / static_cast<base::Micros>(options.clusters);
  plan.begin = base::wall_now() - kLatest - static_cast<base::Micros>(number) * pause;
  plan.workers = 1 + random() % 4;
  plan.threads = 1 + random() % 4;
  plan.ended = random() % 12 != 0;
  for (std::size_t i = 0; i < 1 + random() % 3; ++i) {
    const bool fails = random() % 8 == 0;
    plan.computations.push_back({.tasks = 5 + random() % 60,
                                 .groups = 1 + random() % 4,
                                 .erred_every = fails ? 1 + random() % 30 : 0});
  }
  return plan;
}

MadeUpCluster large_cluster(const Options& options) {
  MadeUpCluster plan;
  plan.seed = options.seed;
  plan.name = "atlantic";
  plan.user = kUsers.front();
  plan.begin = base::wall_now() - kDay;
  plan.workers = 64;
  plan.threads = 4;
  plan.computations.push_back({.tasks = options.tasks, .groups = 12, .erred_every = 20'011});
  return plan;
}

void fill(const Options& options) {
  const double began = wall_now();
  share_out(options.clusters, options.senders, [&](std::size_t number) {
    send_made_up(options.hub, small_cluster(options, options.clusters - 1 - number));
  });
  if (options.tasks > 0) send_made_up(options.hub, large_cluster(options));
  report({{"what", "fleet"},
          {"clusters", options.clusters},
          {"tasks", options.tasks},
          {"wall", wall_now() - began}});
}

}  // namespace
}  // namespace pilothouse::bench

int main(int argc, char** argv) {
  CLI::App app("Fills a running hub with made-up clusters");
  pilothouse::bench::Options options;
  app.add_option("--address", options.hub.address)->required();
  app.add_option("--token", options.hub.token)->required();
  app.add_option("--clusters", options.clusters, "small ones");
  app.add_option("--tasks", options.tasks, "of one computation of a large cluster; 0: none");
  app.add_option("--seed", options.seed);
  app.add_option("--senders", options.senders);
  return pilothouse::bench::run_program(app, argc, argv, [&] { pilothouse::bench::fill(options); });
}
