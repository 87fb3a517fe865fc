#include <sys/stat.h>

#include <CLI/App.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/files.h"
#include "base/size.h"
#include "cli/column.h"
#include "cli/gzip.h"
#include "cli/progress.h"
#include "cli/report_pieces.h"
#include "cli/text.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;
using base::Errc;
using base::error;

constexpr std::size_t kMostOfAnswer = 64U << 20;

struct Flags {
  std::int64_t computation = 0;
  std::string file;
  std::string max_size = "20MB";
  bool force = false;
};

// Before anything is asked of the hub: whether the file can be made.
base::Result<void> check_target(const fs::path& file, bool force) {
  std::error_code failed;
  const fs::path directory = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (!fs::is_directory(directory, failed)) {
    return error(Errc::kNotFound, "there is no directory " + one_line(directory.string()) +
                                      "\nMake it, or name another file: -o FILE");
  }
  if (!force && fs::exists(fs::symlink_status(file, failed))) {
    return error(Errc::kConflict, one_line(file.string()) + " exists\nReplace it: --force");
  }
  return {};
}

// As for every new file: what the user's umask leaves.
unsigned usual_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666U & ~mask;
}

class Report {
 public:
  Report(const HubClient& hub, ReportFile& file, std::int64_t computation)
      : hub_(hub), file_(file), path_("/computations/" + std::to_string(computation)), id_(computation) {}

  // The index of what is in the file then.
  base::Result<json::object> write(Progress& progress) {
    const auto computation = add_answer(path_);
    if (!computation) return computation.error();
    const auto cluster = add_answer("/clusters/" + text_at(*computation, "cluster_id"));
    if (!cluster) return cluster.error();
    ReportPieces pieces(
        file_, [this](const ReportPieces::View& view) { return ask(view); },
        [&progress](std::size_t bytes, base::Micros bucket) {
          progress.show(human_bytes(static_cast<std::int64_t>(bytes)) + ", details of " +
                        human_duration(bucket));
        });
    if (const auto added = pieces.add_all(); !added) return added.error();
    json::object index = pieces.index();
    const json::value* spans = find(*computation, "spans");
    const json::value* expired = find(*computation, "spans_expired");
    index["format"] = 1;
    index["computation_id"] = id_;
    index["made_us"] = base::wall_now();
    index["hub"] = hub_.address();
    index["pilothouse"] = PILOTHOUSE_VERSION;
    index["runs_total"] = spans == nullptr ? json::value(0) : *spans;
    index["runs_expired"] = expired == nullptr ? json::value(0) : *expired;
    index["answers"] = answers_;
    return index;
  }

 private:
  base::Result<json::object> add_answer(const std::string& path) {
    auto answer = hub_.get(path);
    if (!answer) return answer;
    const std::string id = "answer-" + std::to_string(answers_.size());
    if (!file_.add(id, json::serialize(*answer))) {
      return error(Errc::kTooLarge,
                   "there is no room for what the hub says of " + path + "\nAllow more: --max-size");
    }
    answers_[path] = id;
    return answer;
  }

  base::Result<std::string> ask(const ReportPieces::View& view) const {
    Query query{{"format", "binary"},
                {"width", std::to_string(view.width)},
                {"first_lane", std::to_string(view.first_lane)},
                {"lanes", std::to_string(view.lanes)}};
    if (view.from) query.emplace_back("from", std::to_string(*view.from));
    if (view.to) query.emplace_back("to", std::to_string(*view.to));
    return hub_.get_bytes(path_ + "/timeline", kMostOfAnswer, query);
  }

  const HubClient& hub_;
  ReportFile& file_;
  const std::string path_;
  const std::int64_t id_;
  json::object answers_;
};

std::string summary(const json::object& index, const std::string& file, std::size_t bytes) {
  const auto number = [&](std::string_view name) { return index.at(name).to_number<std::int64_t>(); };
  std::string out = one_line(file) + " shows computation " + std::to_string(number("computation_id")) + ", " +
                    human_bytes(static_cast<std::int64_t>(bytes)) + ".\n" +
                    std::to_string(number("runs_inside")) + " of " + std::to_string(number("runs_total")) +
                    " runs are in it one by one";
  if (number("detail_us") > 0) out += ", the others in sums of " + human_duration(number("detail_us"));
  out += ".\n";
  if (number("lanes_inside") < number("lanes_total")) {
    out += "Of " + std::to_string(number("lanes_total")) + " threads only the first " +
           std::to_string(number("lanes_inside")) + " are in it.\n";
  }
  return out;
}

base::Result<void> report(const Context& context, const Flags& flags) {
  const auto most = base::parse_size(flags.max_size);
  if (!most) return most.error();
  if (context.report_page == nullptr) {
    return error(Errc::kInvalidArgument, "this pilothouse was built without pages, so it makes no reports");
  }
  const std::string name =
      flags.file.empty() ? "computation-" + std::to_string(flags.computation) + ".html" : flags.file;
  if (const auto fine = check_target(name, flags.force); !fine) return fine.error();
  const auto hub = context.hub();
  if (!hub) return hub.error();
  auto file = ReportFile::begin(gunzip(context.report_page->gzip, context.report_page->size),
                                static_cast<std::size_t>(*most));
  if (!file) return file.error();
  base::Result<json::object> index = json::object();
  {
    Progress progress;
    index = Report(*hub, *file, flags.computation).write(progress);
  }
  if (!index) return index.error();
  const auto bytes = std::move(*file).finish(*index);
  if (!bytes) return bytes.error();
  if (const auto fine = check_target(name, flags.force); !fine) return fine.error();
  if (const auto written = base::replace_file(name, *bytes, usual_mode()); !written) return written.error();
  Output out;
  out.write(summary(*index, name, bytes->size()));
  return out.finish();
}

}  // namespace

void add_report(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb =
      app.add_subcommand("report", "Make one HTML file of a computation, to look at without a hub");
  verb->add_option("COMPUTATION", flags->computation, "The computation's id")
      ->required()
      ->check(CLI::Range(std::int64_t{1}, INT64_MAX));
  verb->add_option("-o,--output", flags->file, "The file to make; default: computation-ID.html");
  verb->add_option("--max-size", flags->max_size,
                   "How large the file may be; what has no room is left out, details first")
      ->capture_default_str();
  verb->add_flag("--force", flags->force, "Replace a file that exists");
  verb->footer(
      "The file needs no hub, no token and no network. It says itself what was left out.\n\n"
      "Example:\n  pilothouse report 12 -o slow-join.html --max-size 8MB");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return report(context, *flags); }; });
}

}  // namespace pilothouse::cli
