// Asks two running hubs the same, in turns. One JSON line per question and round, in seconds.
#include <boost/json.hpp>
#include <tuple>

#include "measure.h"
#include "program.h"
#include "sender.h"

namespace pilothouse::bench {
namespace {

using Question = std::tuple<std::string, std::string, std::string>;  // name, of the small hub, of the large

constexpr int kAskedOften = 5;

struct Options {
  Hub small, large;
  std::vector<Question> questions;
  int rounds = 7;
};

double median_seconds(Questions& hub, const std::string& target) {
  std::vector<double> seconds;
  for (int i = 0; i < kAskedOften; ++i) {
    const double began = wall_now();
    hub.get(target);
    seconds.push_back(wall_now() - began);
  }
  return median(seconds);
}

void run(const Options& options) {
  Questions small(options.small);
  Questions large(options.large);
  for (int round = 0; round < options.rounds; ++round) {
    for (const auto& [name, of_small, of_large] : options.questions) {
      const double seconds = median_seconds(small, of_small);
      report({{"what", name}, {"small", seconds}, {"large", median_seconds(large, of_large)}});
    }
  }
}

}  // namespace
}  // namespace pilothouse::bench

int main(int argc, char** argv) {
  CLI::App app("The same questions to a small hub and to a large one");
  pilothouse::bench::Options options;
  app.add_option("--address", options.small.address)->required();
  app.add_option("--token", options.small.token)->required();
  app.add_option("--large-address", options.large.address)->required();
  app.add_option("--large-token", options.large.token)->required();
  app.add_option("--question", options.questions, "a name, and the targets for either hub")->required();
  app.add_option("--rounds", options.rounds);
  return pilothouse::bench::run_program(app, argc, argv, [&] { pilothouse::bench::run(options); });
}
