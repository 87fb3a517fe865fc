#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "cli/column.h"
#include "cli/listing.h"
#include "cli/local_workspace.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "store/control_store.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view kHint = "See who there is with: pilothouse user list";

struct Flags {
  std::string state_dir;
  std::string name;
  std::string role = "member";
  bool json = false;
};

Columns columns() {
  return {{"name", Kind::kText, "name"},
          {"role", Kind::kText, "role"},
          {"created", Kind::kTime, "created_us"},
          {"disabled", Kind::kTime, "disabled_us"}};
}

json::value to_json(const store::User& user) {
  return json::object{{"name", user.name},
                      {"role", store::role_word(user.role)},
                      {"created_us", user.created_us},
                      {"disabled_us", value_or_null(user.disabled_us)}};
}

base::Result<void> list(const Context& context, const Flags& flags) {
  const auto open = open_local(context, flags.state_dir, store::For::kReading);
  if (!open) return open.error();
  json::array items;
  auto read = each_item<store::User>(
      open->workspace, {}, [&](const store::Query& query) { return open->control->users(query); },
      [&](const store::User& user) { items.push_back(to_json(user)); });
  if (!read) return read;
  Output out;
  out.write(flags.json ? json::serialize(items) + "\n" : table_of(columns(), items, context.terminal));
  return out.finish();
}

// Does one change and says what is so now.
using Change = std::function<base::Result<store::User>(store::ControlStore&, std::int64_t workspace,
                                                       const store::Author&, base::Micros now)>;

base::Result<void> change(const Context& context, const Flags& flags, const Change& make) {
  const auto open = open_local(context, flags.state_dir, store::For::kWriting);
  if (!open) return open.error();
  const auto user = make(*open->control, open->workspace.id, store::local_author(), base::wall_now());
  if (!user) return with_hint(user.error(), kHint);
  Output out;
  out.write("User " + user->name + " of workspace " + open->workspace.name + ": " +
            std::string(store::role_word(user->role)) + (user->disabled_us ? ", disabled" : "") + ".\n");
  return out.finish();
}

base::Result<void> add(const Context& context, const Flags& flags) {
  const auto role = store::parse_role(flags.role);
  if (!role) return role.error();
  return change(context, flags, [&](auto& control, auto workspace, const auto& author, auto now) {
    return control.add_user(workspace, flags.name, *role, author, now);
  });
}

base::Result<void> set(const Context& context, const Flags& flags, const store::UserChange& wanted) {
  return change(context, flags, [&](auto& control, auto workspace, const auto& author, auto now) {
    return control.change_user(workspace, flags.name, wanted, author, now);
  });
}

base::Result<void> set_role(const Context& context, const Flags& flags) {
  const auto role = store::parse_role(flags.role);
  if (!role) return role.error();
  return set(context, flags, {.disabled = {}, .role = *role});
}

}  // namespace

void add_user(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* group = app.add_subcommand("user", "Users of a workspace of the hub on this machine");
  group->require_subcommand(1);
  group->footer(
      "A user has tokens, with which he records, looks and stops clusters. An owner may stop every cluster "
      "of the\n"
      "workspace; a member only those that were recorded with his tokens. --workspace says which workspace "
      "is\n"
      "meant, default: default.\n\n"
      "Examples:\n  pilothouse user add ada\n  pilothouse --workspace research user list");
  const auto verb = [&](const char* name, const char* what, const char* example,
                        base::Result<void> (*run)(const Context&, const Flags&)) {
    CLI::App* made = group->add_subcommand(name, what);
    made->footer(std::string("Example:\n  pilothouse user ") + example);
    made->callback(
        [&context, flags, run] { context.verb = [&context, flags, run] { return run(context, *flags); }; });
    add_state_dir_flag(*made, flags->state_dir);
    return made;
  };
  const auto takes_name = [&](CLI::App* made, const char* what) {
    made->add_option("NAME", flags->name, what)->required();
  };

  CLI::App* adder = verb("add", "Add a user, who has no token yet", "add ada --role owner", add);
  takes_name(adder, "1 to 64 letters, digits, '.', '_' and '-'");
  adder->add_option("--role", flags->role, "member or owner")->capture_default_str();

  verb("list", "List the users, newest first", "list", list)->add_flag("--json", flags->json, "A JSON array");

  takes_name(verb("disable", "Have a user's tokens open nothing, until he is enabled again", "disable ada",
                  [](const Context& where, const Flags& given) {
                    return set(where, given, {.disabled = true, .role = {}});
                  }),
             "The user");
  takes_name(verb("enable", "Have a user's tokens open again what they did", "enable ada",
                  [](const Context& where, const Flags& given) {
                    return set(where, given, {.disabled = false, .role = {}});
                  }),
             "The user");

  CLI::App* setter = verb("set-role", "Make a user an owner, or a member", "set-role ada owner", set_role);
  takes_name(setter, "The user");
  setter->add_option("ROLE", flags->role, "member or owner")->required();
}

}  // namespace pilothouse::cli
