#include <memory>
#include <optional>
#include <string>

#include "base/duration.h"
#include "base/paths.h"
#include "base/size.h"
#include "cli/column.h"
#include "cli/listing.h"
#include "cli/local_workspace.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "store/workspaces.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;
using base::Errc;
using base::error;

constexpr std::string_view kForever = "forever";
constexpr std::string_view kUnlimited = "unlimited";

struct Flags {
  std::string state_dir;
  std::string name;
  std::string owner;
  std::optional<std::string> keep_spans;
  std::optional<std::string> keep_records;
  std::optional<std::string> max_size;
  bool json = false;
};

base::Result<void> create(const Flags& flags) {
  const auto made =
      store::create_workspace(base::state_dir_or_default(flags.state_dir), flags.name, flags.owner);
  if (!made) return made.error();
  Output out;
  out.write("Workspace " + made->workspace.name + " is made, with the owner " + made->owner +
            ". His token, which is not shown again:\n" + made->token + "\n");
  return out.finish();
}

// Reads one setting into `setting` where the flag was given; `none` is the word for keeping everything.
template <class Read>
base::Result<void> read_setting(const std::string& flag, const std::optional<std::string>& text,
                                std::string_view none, Read read,
                                std::optional<std::optional<std::int64_t>>& setting) {
  if (!text) return {};
  if (*text == none) {
    setting.emplace();
    return {};
  }
  const base::Result<std::int64_t> value = read(*text);
  if (!value) {
    return error(Errc::kInvalidArgument,
                 flag + ": " + value.error().message + "; or say " + std::string(none));
  }
  setting.emplace(*value);
  return {};
}

// What is kept for less is not worth recording, and more likely a slip.
base::Result<base::Micros> read_age(const std::string& text) {
  constexpr base::Micros kLeast = 60 * base::kMicrosPerSecond;
  auto age = base::parse_duration(text);
  if (age && *age < kLeast) return error(Errc::kInvalidArgument, "must be at least one minute");
  return age;
}

base::Result<void> set(const Flags& flags) {
  store::RetentionChange change;
  if (const auto read =
          read_setting("--keep-spans", flags.keep_spans, kForever, read_age, change.keep_spans_us);
      !read) {
    return read.error();
  }
  if (const auto read =
          read_setting("--keep-records", flags.keep_records, kForever, read_age, change.keep_records_us);
      !read) {
    return read.error();
  }
  if (const auto read =
          read_setting("--max-size", flags.max_size, kUnlimited, base::parse_size, change.max_bytes);
      !read) {
    return read.error();
  }
  if (!change.keep_spans_us && !change.keep_records_us && !change.max_bytes) {
    return error(Errc::kInvalidArgument, "nothing to set: give --keep-spans, --keep-records or --max-size");
  }
  return store::change_retention(base::state_dir_or_default(flags.state_dir), flags.name, change);
}

// The column of a setting, with the word for having none.
Column setting(std::string_view title, std::string_view field, std::string_view none,
               std::string (*say)(std::int64_t)) {
  return {title, Kind::kText, "", Shown::kAlways, [=](const json::object& item) {
            const json::value& value = item.at(field);
            return value.is_null() ? json::value(none) : json::value(say(value.get_int64()));
          }};
}

Columns columns() {
  return {{"name", Kind::kText, "name"},
          {"created", Kind::kTime, "created_us"},
          setting("keep spans", "keep_spans_us", kForever, human_duration),
          setting("keep records", "keep_records_us", kForever, human_duration),
          setting("max size", "max_bytes", kUnlimited, human_bytes),
          {"spans", Kind::kBytes, "span_bytes"},
          {"records", Kind::kBytes, "record_bytes"}};
}

base::Result<void> list(const Flags& flags, const Terminal& terminal) {
  const auto workspaces = store::list_workspaces(base::state_dir_or_default(flags.state_dir));
  if (!workspaces) return workspaces.error();
  Output out;
  json::array items;
  for (const store::WorkspaceState& state : *workspaces) {
    items.push_back(json::object{{"name", state.workspace.name},
                                 {"created_us", state.workspace.created_us},
                                 {"keep_spans_us", value_or_null(state.retention.keep_spans_us)},
                                 {"keep_records_us", value_or_null(state.retention.keep_records_us)},
                                 {"max_bytes", value_or_null(state.retention.max_bytes)},
                                 {"span_bytes", state.bytes.spans},
                                 {"record_bytes", state.bytes.records}});
  }
  out.write(flags.json ? json::serialize(items) + "\n" : table_of(columns(), items, terminal));
  return out.finish();
}

}  // namespace

void add_workspace(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* group = app.add_subcommand("workspace", "Workspaces of the hub on this machine");
  group->require_subcommand(1);
  group->footer("Example:\n  pilothouse workspace create research");

  CLI::App* maker = group->add_subcommand("create", "Make a workspace, its owner and his token");
  maker->add_option("NAME", flags->name, "1 to 64 letters, digits, '.', '_' and '-'")->required();
  maker->add_option("--owner", flags->owner,
                    "The user who may do everything in it; default: named like you, else \"owner\"");
  maker->footer("Example:\n  pilothouse workspace create research --owner ada");
  maker->callback([&context, flags] { context.verb = [flags] { return create(*flags); }; });

  CLI::App* setter = group->add_subcommand("set", "Say how long and how much a workspace keeps");
  setter->add_option("NAME", flags->name, "The workspace")->required();
  setter->add_option("--keep-spans", flags->keep_spans,
                     "Runs of tasks, from their end on: like 30d, or forever");
  setter->add_option("--keep-records", flags->keep_records,
                     "Whole clusters, from when they were heard of last: like 400d, or forever");
  setter->add_option(
      "--max-size", flags->max_size,
      "Then the oldest runs of tasks go, after them the oldest clusters: like 20GiB, or unlimited");
  setter->footer("Example:\n  pilothouse workspace set research --keep-spans 30d --max-size 20GiB");
  setter->callback([&context, flags] { context.verb = [flags] { return set(*flags); }; });

  CLI::App* lister =
      group->add_subcommand("list", "List the workspaces, what they keep and how much they hold");
  lister->add_flag("--json", flags->json, "A JSON array");
  lister->footer("Example:\n  pilothouse workspace list");
  lister->callback(
      [&context, flags] { context.verb = [&context, flags] { return list(*flags, context.terminal); }; });

  for (CLI::App* verb : {maker, setter, lister}) {
    verb->add_option("--state-dir", flags->state_dir, "The hub's directory; default: its usual one");
  }
}

}  // namespace pilothouse::cli
