// Fills a running hub: clusters, each with one computation of so many spans. Prints one JSON line.
#include <algorithm>
#include <boost/json.hpp>

#include "bodies.h"
#include "generate_spans.h"
#include "measure.h"
#include "program.h"
#include "sender.h"
#include "share_out.h"

namespace pilothouse::bench {
namespace {

constexpr std::size_t kSpansPerBlock = 4096;
constexpr std::size_t kBlocksPerRequest = 4;
constexpr std::size_t kRequestsAtOnce = 32;  // made before they are sent

struct Options {
  Hub hub;
  std::size_t clusters = 1;
  std::size_t spans = 100'000;  // of each
  std::uint64_t seed = 7;
  std::size_t senders = 2;
};

void fill_one(const Options& options, std::size_t number) {
  const std::string name = "bench-" + std::to_string(options.seed) + "-" + std::to_string(number);
  Shape shape;
  shape.seed = options.seed + number;
  shape.computation = name + "-computation";
  SpanGenerator generator(shape);
  Bodies bodies;
  bodies.add_session(name);
  Upload upload{upload_path(bodies.session().to_string()), {}};
  base::Micros begin = 0;
  base::Micros end = 0;
  std::size_t blocks = 0;
  for (std::size_t spans = 0; spans < options.spans; spans += kSpansPerBlock) {
    auto block = generator.next_block();
    if (begin == 0) begin = block.action_start.front();
    end = std::max(end, block.action_stop.back());
    bodies.add(tape::Kind::kSpans, static_cast<std::uint32_t>(block.size()), tape::encode_span_block(block));
    if (++blocks % kBlocksPerRequest == 0) upload.bodies.push_back(bodies.take());
    if (upload.bodies.size() == kRequestsAtOnce) {
      send(options.hub, {upload});
      upload.bodies.clear();
    }
  }
  bodies.add_computation(shape.computation, begin, end, blocks * kSpansPerBlock);
  upload.bodies.push_back(bodies.take());
  send(options.hub, {upload});
}

void fill(const Options& options) {
  const double began = wall_now();
  share_out(options.clusters, options.senders, [&](std::size_t number) { fill_one(options, number); });
  const std::size_t blocks = (options.spans + kSpansPerBlock - 1) / kSpansPerBlock;
  report({{"what", "fill"},
          {"spans", options.clusters * blocks * kSpansPerBlock},
          {"wall", wall_now() - began}});
}

}  // namespace
}  // namespace pilothouse::bench

int main(int argc, char** argv) {
  CLI::App app("Fills a running hub with clusters");
  pilothouse::bench::Options options;
  app.add_option("--address", options.hub.address)->required();
  app.add_option("--token", options.hub.token)->required();
  app.add_option("--clusters", options.clusters);
  app.add_option("--spans", options.spans, "of each cluster, rounded up to blocks of 4096");
  app.add_option("--seed", options.seed);
  app.add_option("--senders", options.senders);
  return pilothouse::bench::run_program(app, argc, argv, [&] { pilothouse::bench::fill(options); });
}
