#include "store/token.h"

#include <cstdint>
#include <memory>
#include <optional>
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
using base::Errc;
using base::error;

constexpr std::string_view kUserHint = "See who there is with: pilothouse user list";
constexpr std::string_view kTokenHint = "See what there is with: pilothouse token list";

struct Flags {
  std::string state_dir;
  std::string user;
  std::string name = "token";
  std::string scopes = "ingest,read,control";
  std::string expires;
  std::string grace;
  std::int64_t id = 0;
  bool json = false;
};

base::Error bad_flag(const std::string& flag, const base::Error& why) {
  return error(Errc::kInvalidArgument, flag + ": " + why.message);
}

base::Result<void> show_new(const store::Token& token, const std::string& text) {
  Output out;
  const std::string until = token.expires_us ? ", until " + base::to_iso8601(*token.expires_us) : "";
  out.write("Token " + std::to_string(token.id) + " \"" + token.name + "\" of " + token.user + " (" +
            token.scopes.text(", ") + until + "), which is not shown again:\n" + text + "\n");
  return out.finish();
}

base::Result<void> create(const Context& context, const Flags& flags) {
  store::NewToken made;
  made.user = flags.user;
  made.name = flags.name;
  const auto scopes = store::Scopes::parse_list(flags.scopes);
  if (!scopes) return bad_flag("--scopes", scopes.error());
  made.scopes = *scopes;
  if (!flags.expires.empty()) {
    const auto lifetime = store::parse_lifetime(flags.expires);
    if (!lifetime) return bad_flag("--expires", lifetime.error());
    made.lifetime_us = *lifetime;
  }
  const auto open = open_local(context, flags.state_dir, store::For::kWriting);
  if (!open) return open.error();
  const std::string text = store::new_token();
  made.hash = store::hash_token(text);
  const auto token =
      open->control->create_token(open->workspace.id, made, store::local_author(), base::wall_now());
  if (!token) return with_hint(token.error(), kUserHint);
  return show_new(*token, text);
}

base::Result<void> rotate(const Context& context, const Flags& flags) {
  base::Micros grace = 0;
  if (!flags.grace.empty()) {
    const auto read = store::parse_grace(flags.grace);
    if (!read) return bad_flag("--grace", read.error());
    grace = *read;
  }
  const auto open = open_local(context, flags.state_dir, store::For::kWriting);
  if (!open) return open.error();
  const std::string text = store::new_token();
  const auto token = open->control->rotate_token(open->workspace.id, flags.id, store::hash_token(text), grace,
                                                 store::local_author(), base::wall_now());
  if (!token) return with_hint(token.error(), kTokenHint);
  return show_new(*token, text);
}

base::Result<void> revoke(const Context& context, const Flags& flags) {
  const auto open = open_local(context, flags.state_dir, store::For::kWriting);
  if (!open) return open.error();
  const auto token =
      open->control->revoke_token(open->workspace.id, flags.id, store::local_author(), base::wall_now());
  if (!token) return with_hint(token.error(), kTokenHint);
  Output out;
  out.write("Token " + std::to_string(token->id) + " \"" + token->name + "\" of " + token->user +
            " opens nothing any more.\n");
  return out.finish();
}

// One word for whether a token opens anything.
std::string_view state_of(const store::Token& token, base::Micros now) {
  if (token.revoked_us) return "revoked";
  if (token.expires_us && *token.expires_us <= now) return "expired";
  return token.replaced_by ? "replaced" : "valid";
}

Columns columns() {
  return {{"id", Kind::kCount, "id"},
          {"name", Kind::kText, "name"},
          {"user", Kind::kText, "user"},
          {"state", Kind::kText, "state"},
          {"scopes", Kind::kText, "", Shown::kAlways,
           [](const json::object& item) {
             std::string words;
             for (const json::value& word : item.at("scopes").as_array()) {
               words += (words.empty() ? "" : ",") + std::string(word.as_string());
             }
             return json::value(words);
           }},
          {"last used", Kind::kTime, "last_used_us"},
          {"expires", Kind::kTime, "expires_us"},
          {"created", Kind::kTime, "created_us", Shown::kWide}};
}

json::value to_json(const store::Token& token, base::Micros now) {
  json::array scopes;
  for (const std::string_view word : token.scopes.words()) scopes.emplace_back(word);
  return json::object{{"id", token.id},
                      {"name", token.name},
                      {"user", token.user},
                      {"state", state_of(token, now)},
                      {"scopes", std::move(scopes)},
                      {"created_us", token.created_us},
                      {"expires_us", value_or_null(token.expires_us)},
                      {"last_used_us", value_or_null(token.last_used_us)},
                      {"revoked_us", value_or_null(token.revoked_us)},
                      {"replaced_by", value_or_null(token.replaced_by)}};
}

base::Result<void> list(const Context& context, const Flags& flags) {
  const auto open = open_local(context, flags.state_dir, store::For::kReading);
  if (!open) return open.error();
  store::Query query;
  if (!flags.user.empty()) query.user = flags.user;
  json::array items;
  const base::Micros now = base::wall_now();
  auto read = each_item<store::Token>(
      open->workspace, query, [&](const store::Query& page) { return open->control->tokens(page); },
      [&](const store::Token& token) { items.push_back(to_json(token, now)); });
  if (!read) return read;
  Output out;
  out.write(flags.json ? json::serialize(items) + "\n" : table_of(columns(), items, context.terminal));
  return out.finish();
}

}  // namespace

void add_token(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* group = app.add_subcommand("token", "Tokens of the users of a workspace on this machine");
  group->require_subcommand(1);
  group->footer(
      "A token is shown once, when it is made. What it opens are its scopes:\n"
      "  ingest   send what recorders record\n"
      "  read     see what is recorded\n"
      "  control  stop clusters: a member those that he recorded, an owner all\n"
      "  publish  offer plugins\n"
      "  admin    all of this, users, tokens and the audit log\n"
      "--workspace says which workspace is meant, default: default.\n\n"
      "Examples:\n  pilothouse token create ada --name laptop\n"
      "  pilothouse token create robot --scopes ingest --expires 90d\n  pilothouse token rotate 7 --grace "
      "1h");
  const auto verb = [&](const char* name, const char* what, const char* example,
                        base::Result<void> (*run)(const Context&, const Flags&)) {
    CLI::App* made = group->add_subcommand(name, what);
    made->footer(std::string("Example:\n  pilothouse token ") + example);
    made->callback(
        [&context, flags, run] { context.verb = [&context, flags, run] { return run(context, *flags); }; });
    add_state_dir_flag(*made, flags->state_dir);
    return made;
  };
  const auto takes_id = [&](CLI::App* made) {
    made->add_option("TOKEN", flags->id, "Its id, as pilothouse token list shows it")
        ->required()
        ->check(CLI::PositiveNumber);
  };

  CLI::App* maker = verb("create", "Make a token for a user and show it, once",
                         "create ada --name laptop --scopes ingest,read,control --expires 90d", create);
  maker->add_option("USER", flags->user, "Whose it is to be")->required();
  maker->add_option("--name", flags->name, "What to call it: letters, digits, '.', '_' and '-'")
      ->capture_default_str();
  maker->add_option("--scopes", flags->scopes, "What it opens: any of ingest, read, control, publish, admin")
      ->capture_default_str();
  maker->add_option("--expires", flags->expires, "How long it is good, like 90d; default: for ever");

  CLI::App* lister = verb("list", "List the tokens, newest first", "list --user ada", list);
  lister->add_option("--user", flags->user, "Only those of this user");
  lister->add_flag("--json", flags->json, "A JSON array");

  CLI::App* rotator =
      verb("rotate", "Replace a token by a new one, which is shown once", "rotate 7 --grace 1h", rotate);
  takes_id(rotator);
  rotator->add_option("--grace", flags->grace, "How long the old one goes on, like 1h; default: not at all");

  takes_id(verb("revoke", "Have a token open nothing any more", "revoke 7", revoke));
}

}  // namespace pilothouse::cli
