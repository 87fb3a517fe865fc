// Exceptions grouped: by a running hub, and by the text of SQLite rows. One JSON line for each round, in
// seconds.
#include <boost/json.hpp>
#include <stdexcept>

#include "bodies.h"
#include "measure.h"
#include "program.h"
#include "sender.h"
#include "span_rows.h"

namespace pilothouse::bench {
namespace {

namespace json = boost::json;

struct Options {
  Hub hub;
  std::string scratch;
  std::size_t exceptions = 100'000;
  std::size_t different = 500;
  int rounds = 5;
};

constexpr std::size_t kPerBody = 1000;
constexpr std::size_t kText = 2000;

// Texts that differ in letters: a hub may take those that differ only in numbers for the same.
std::string traceback_of(std::size_t number) {
  std::string name;
  for (std::size_t rest = number + 1; rest > 0; rest /= 26) name += static_cast<char>('a' + rest % 26);
  std::string text;
  while (text.size() < kText) {
    text += "  File \"/srv/jobs/pipeline.py\", line " + std::to_string(text.size()) + ", in load_" + name +
            "\n    return reader.read(path, columns=columns)\n";
  }
  return text;
}

void fill(const Options& options) {
  Bodies bodies;
  bodies.add_session("bench-exceptions");
  Upload upload{upload_path(bodies.session().to_string()), {bodies.take()}};
  for (std::size_t first = 0; first < options.exceptions; first += kPerBody) {
    json::array records;
    for (std::size_t id = first; id < first + kPerBody; ++id) {
      records.push_back(json::object{{"id", id + 1},
                                     {"computation", nullptr},
                                     {"key", "load-" + std::to_string(id)},
                                     {"group", "load"},
                                     {"workers", json::array{"tcp://10.0.0.1:40001"}},
                                     {"type", "ValueError"},
                                     {"message", "no such column"},
                                     {"traceback", traceback_of(id * 7 % options.different)},
                                     {"time_us", 1'769'904'000'000'000 + static_cast<std::int64_t>(id)},
                                     {"attempt", 1},
                                     {"truncated", false}});
    }
    bodies.add(tape::Kind::kExceptions, kPerBody, json::serialize(records));
    upload.bodies.push_back(bodies.take());
  }
  send(options.hub, {upload});
}

void fill_rows(const Options& options, SpanRows& rows) {
  rows.run("CREATE TABLE exception(id INTEGER PRIMARY KEY, time INTEGER, traceback TEXT)");
  rows.run("BEGIN");
  for (std::size_t id = 0; id < options.exceptions; ++id) {
    const std::string insert = "INSERT INTO exception VALUES (" + std::to_string(id + 1) + ", " +
                               std::to_string(id) + ", '" + traceback_of(id * 7 % options.different) + "')";
    rows.run(insert.c_str());
  }
  rows.run("COMMIT");
  rows.checkpoint();
}

void run(const Options& options) {
  fill(options);
  SpanRows rows(std::filesystem::path(options.scratch) / "exceptions.db", false);
  fill_rows(options, rows);
  Questions questions(options.hub);
  const std::string target = "/api/v1/exceptions/groups?limit=100";
  questions.get(target);
  for (int round = 0; round < options.rounds; ++round) {
    std::vector<double> seconds;
    for (int i = 0; i < 9; ++i) {
      const double began = wall_now();
      questions.get(target);
      seconds.push_back(wall_now() - began);
    }
    const double began = wall_now();
    const std::size_t groups = rows.query(
        "SELECT traceback, count(*), min(time), max(time) FROM exception GROUP BY traceback ORDER BY 3 DESC "
        "LIMIT 100");
    if (groups != 100) throw std::runtime_error("the rows are not grouped");
    report({{"what", "exceptions"}, {"hub", median(seconds)}, {"peer", wall_now() - began}});
  }
}

}  // namespace
}  // namespace pilothouse::bench

int main(int argc, char** argv) {
  CLI::App app("Exceptions grouped by a running hub");
  pilothouse::bench::Options options;
  app.add_option("--address", options.hub.address)->required();
  app.add_option("--token", options.hub.token)->required();
  app.add_option("--scratch", options.scratch)->required();
  app.add_option("--exceptions", options.exceptions);
  app.add_option("--rounds", options.rounds);
  return pilothouse::bench::run_program(app, argc, argv, [&] { pilothouse::bench::run(options); });
}
