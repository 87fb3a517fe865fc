#include <filesystem>
#include <memory>

#include "base/paths.h"
#include "cli/column.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "store/workspaces.h"

namespace pilothouse::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using base::Errc;
using base::error;

struct Flags {
  std::string state_dir;
  std::string name;
  bool json = false;
};

fs::path state_dir(const Flags& flags) {
  return flags.state_dir.empty() ? base::default_state_dir() : fs::path(flags.state_dir);
}

base::Result<void> create(const Flags& flags) {
  const auto made = store::create_workspace(state_dir(flags), flags.name);
  if (!made) return made.error();
  Output out;
  out.write("Workspace " + made->workspace.name + " is made. Its token, which is not shown again:\n" +
            made->token + "\n");
  return out.finish();
}

base::Result<void> list(const Flags& flags, const Terminal& terminal) {
  const auto workspaces = store::list_workspaces(state_dir(flags));
  if (!workspaces) {
    if (workspaces.error().code != Errc::kNotFound) return workspaces.error();
    return error(Errc::kNotFound, workspaces.error().message + "\nStart a hub on it with: pilothouse serve");
  }
  const Columns columns = {{"name", Kind::kText, "name"}, {"created", Kind::kTime, "created_us"}};
  Output out;
  json::array items;
  std::vector<Row> rows;
  for (const store::Workspace& workspace : *workspaces) {
    const json::object item = {{"name", workspace.name}, {"created_us", workspace.created_us}};
    items.push_back(item);
    rows.push_back({table_cell(columns[0], item, terminal), table_cell(columns[1], item, terminal)});
  }
  out.write(flags.json ? json::serialize(items) + "\n" : render_table(columns, rows, terminal));
  return out.finish();
}

}  // namespace

void add_workspace(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* group = app.add_subcommand("workspace", "Workspaces of the hub on this machine");
  group->require_subcommand(1);
  group->footer("Example:\n  pilothouse workspace create research");

  CLI::App* maker = group->add_subcommand("create", "Make a workspace and its token");
  maker->add_option("NAME", flags->name, "1 to 64 letters, digits, '.', '_' and '-'")->required();
  maker->footer("Example:\n  pilothouse workspace create research");
  maker->callback([&context, flags] { context.verb = [flags] { return create(*flags); }; });

  CLI::App* lister = group->add_subcommand("list", "List the workspaces");
  lister->add_flag("--json", flags->json, "A JSON array");
  lister->footer("Example:\n  pilothouse workspace list");
  lister->callback(
      [&context, flags] { context.verb = [&context, flags] { return list(*flags, context.terminal); }; });

  for (CLI::App* verb : {maker, lister}) {
    verb->add_option("--state-dir", flags->state_dir, "The hub's directory; default: its usual one");
  }
}

}  // namespace pilothouse::cli
