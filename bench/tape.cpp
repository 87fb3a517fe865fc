// Span blocks against plain columns and against SQLite rows: bytes, and the speed of each zstd level.
#include <boost/json.hpp>
#include <cstdio>
#include <stdexcept>

#include "delta_columns.h"
#include "generate_spans.h"
#include "measure.h"
#include "program.h"
#include "span_rows.h"

namespace pilothouse::bench {
namespace {

constexpr int kPeerLevel = 3;

double bytes_per_span(std::size_t bytes, const std::vector<tape::SpanBlockBuilder>& blocks) {
  return static_cast<double>(bytes) / static_cast<double>(blocks.size() * blocks.front().size());
}

std::size_t rows_bytes(const std::vector<tape::SpanBlockBuilder>& blocks,
                       const std::filesystem::path& database, bool keys) {
  SpanRows rows(database, keys);
  for (const auto& block : blocks) rows.insert(block);
  rows.checkpoint();
  return rows.bytes();
}

// One JSON line: bytes of a span, with and without its key, in a block and in its peers.
void sizes(Shape shape, std::size_t count, const std::filesystem::path& scratch) {
  boost::json::object line{{"what", "sizes"}};
  for (const bool keys : {false, true}) {
    shape.keys = keys;
    const auto blocks = generate_blocks(shape, count);
    std::size_t bytes = 0;
    std::size_t columns = 0;
    for (const auto& block : blocks) {
      bytes += tape::encode_span_block(block).size();
      columns += encode_delta_columns(block, kPeerLevel).size();
    }
    const std::string with = keys ? "_with_keys" : "_without_keys";
    line["block" + with] = bytes_per_span(bytes, blocks);
    line["rows" + with] = bytes_per_span(rows_bytes(blocks, scratch / "sizes.db", keys), blocks);
    if (!keys) line["columns"] = bytes_per_span(columns, blocks);
  }
  report(line);
}

struct Speed {
  std::vector<double> encoded, decoded, checked, decoded_without_keys;  // seconds of CPU
  std::size_t bytes = 0;
};

void measure(const std::vector<tape::SpanBlockBuilder>& blocks, const tape::PackingLevels& levels,
             Speed& speed) {
  std::vector<std::string> encoded;
  encoded.reserve(blocks.size());
  double began = cpu_of_this_process();
  for (const auto& block : blocks) encoded.push_back(tape::encode_span_block(block, levels));
  speed.encoded.push_back(cpu_of_this_process() - began);
  for (const auto& [keys, seconds] : {std::pair{tape::Keys::kRead, &speed.decoded},
                                      {tape::Keys::kCheck, &speed.checked},
                                      {tape::Keys::kSkip, &speed.decoded_without_keys}}) {
    began = cpu_of_this_process();
    for (const std::string& block : encoded) {
      if (!tape::decode_span_block(block, keys)) throw std::runtime_error("a block cannot be read");
    }
    seconds->push_back(cpu_of_this_process() - began);
  }
  speed.bytes = 0;
  for (const std::string& block : encoded) speed.bytes += block.size();
}

// Bytes of a span and millions of spans per second of CPU at each level of zstd, in turns.
void levels(const Shape& shape, std::size_t count, int rounds) {
  const auto blocks = generate_blocks(shape, count);
  const auto millions = static_cast<double>(count * shape.spans_per_block) / 1e6;
  struct Candidate {
    std::string name;
    tape::PackingLevels levels;
    Speed speed;
  };
  std::vector<Candidate> candidates{{"as shipped", {}, {}}};
  for (const int level : {-5, -1, 1, 3, 6}) {
    candidates.push_back({"columns " + std::to_string(level), {level, 1, 1}, {}});
  }
  for (const int level : {-5, -1, 3, 6}) {
    candidates.push_back({"keys " + std::to_string(level), {1, level, 1}, {}});
  }
  for (int round = 0; round < rounds; ++round) {
    for (Candidate& candidate : candidates) measure(blocks, candidate.levels, candidate.speed);
  }
  std::printf(
      "| Levels | bytes/span | encode | decode | keys checked only | without keys (M spans per CPU-second) "
      "|\n");
  std::printf("|---|---|---|---|---|---|\n");
  for (const Candidate& candidate : candidates) {
    std::printf("| %s | %.2f | %.1f | %.1f | %.1f | %.1f |\n", candidate.name.c_str(),
                bytes_per_span(candidate.speed.bytes, blocks), millions / median(candidate.speed.encoded),
                millions / median(candidate.speed.decoded), millions / median(candidate.speed.checked),
                millions / median(candidate.speed.decoded_without_keys));
  }
}

}  // namespace
}  // namespace pilothouse::bench

int main(int argc, char** argv) {
  CLI::App app("Span blocks: their bytes and speeds");
  std::string scratch = ".";
  std::size_t blocks = 64;
  int rounds = 7;
  bool levels = false;
  pilothouse::bench::Shape shape;
  app.add_option("--scratch", scratch, "where the rows go");
  app.add_option("--blocks", blocks, "of 4096 spans");
  app.add_option("--rounds", rounds);
  app.add_flag("--levels", levels, "compare zstd's levels instead");
  return pilothouse::bench::run_program(app, argc, argv, [&] {
    if (levels) {
      pilothouse::bench::levels(shape, blocks, rounds);
    } else {
      pilothouse::bench::sizes(shape, blocks, scratch);
    }
  });
}
