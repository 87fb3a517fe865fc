#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "base/files.h"
#include "base/paths.h"
#include "base/session_id.h"
#include "cli/browser.h"
#include "cli/percent.h"
#include "cli/text.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::error;

constexpr std::string_view kComputation = "computation/";
constexpr std::string_view kFilePrefix = "open-";
constexpr std::string_view kFileSuffix = ".html";

struct Flags {
  std::string what;
  bool print = false;
};

// The path of the page about something that the hub has.
base::Result<std::string> page_of(const HubClient& hub, const std::string& what) {
  if (what.empty()) return std::string("/");
  if (what.starts_with(kComputation)) {
    const std::string_view digits = std::string_view(what).substr(kComputation.size());
    std::int64_t id = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (failed != std::errc() || end != digits.data() + digits.size() || id < 1) {
      return error(Errc::kInvalidArgument, "\"" + what + "\": a computation is named like computation/12");
    }
    std::string path = "/computations/" + std::to_string(id);
    const auto found = hub.get(path);
    if (found) return path;
    if (found.error().code != Errc::kNotFound) return found.error();
    return error(Errc::kNotFound, "the hub has no computation " + std::to_string(id) +
                                      "\nSee what there is with: pilothouse computations");
  }
  const auto id = hub.cluster_id(what);
  if (!id) return id.error();
  std::string path = "/clusters/" + std::to_string(*id);
  const auto found = hub.get(path);
  if (found) return path;
  if (found.error().code != Errc::kNotFound) return found.error();
  return error(Errc::kNotFound, "the hub has no cluster " + std::to_string(*id));
}

base::Result<void> check_pages(const net::HubAccess& hub) {
  const auto index = net::request_blocking(hub, boost::beast::http::verb::get, "/");
  if (!index) return index.error();
  if (index->status == 200) return {};
  if (index->status == 404) {
    return error(Errc::kConflict, "the hub at " + hub.address.to_string() +
                                      " was built without pages"
                                      "\nThe command line shows the same; or have the hub built with "
                                      "-DPILOTHOUSE_PAGES=ON.");
  }
  return error(Errc::kUnavailable, "the hub at " + hub.address.to_string() + " answered " +
                                       std::to_string(index->status) + " instead of a page");
}

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string redirect_to(std::string_view url) {
  const std::string escaped = html_escaped(url);
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"referrer\" content=\"no-referrer\">\n"
         "<meta http-equiv=\"refresh\" content=\"0; url=" +
         escaped +
         "\">\n<title>Pilothouse</title>\n</head>\n<body>\n"
         "<p>If nothing else comes up, go on to <a href=\"" +
         escaped + "\">Pilothouse</a>.</p>\n</body>\n</html>\n";
}

void remove_older_files(const fs::path& directory) {
  std::error_code failed;
  for (fs::directory_iterator entry(directory, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (name.starts_with(kFilePrefix) && name.ends_with(kFileSuffix)) fs::remove(entry->path(), ignored);
  }
}

// A file that takes a browser to `url`, which others on this machine must not see.
base::Result<fs::path> write_redirect(const std::string& url) {
  const fs::path directory = base::default_runtime_dir();
  if (auto made = base::make_private_directory(directory); !made) return made.error();
  remove_older_files(directory);
  const fs::path file = directory / (std::string(kFilePrefix) + base::SessionId::random().to_string() +
                                     std::string(kFileSuffix));
  constexpr unsigned kOwnerOnly = 0600;
  if (auto written = base::create_file(file, redirect_to(url), kOwnerOnly); !written) return written.error();
  return file;
}

// A file's path as a URL.
std::string file_url(const fs::path& file) {
  std::string url = "file://";
  for (const fs::path& part : file.relative_path()) url += "/" + percent_encoded(part.string());
  return url;
}

base::Result<void> open(const Context& context, const Flags& flags) {
  const auto settings = resolve_hub(context.hub_flags, context.environment, base::default_state_dir());
  if (!settings) return settings.error();
  const auto reached = access(*settings);
  if (!reached) return reached.error();
  if (auto there = check_pages(*reached); !there) return there;
  const auto hub = HubClient::open(*settings);
  if (!hub) return hub.error();
  if (!reached->token.empty()) {
    if (const auto known = hub->get("/workspace"); !known) return known.error();
  }
  const auto path = page_of(*hub, flags.what);
  if (!path) return path.error();

  const std::string link = reached->address.to_string() + *path;
  Output out;
  out.write(one_line(link) + "\n");
  if (auto written = out.finish(); !written || flags.print) return written;

  std::string shown = link;
  if (!reached->token.empty()) {
    const auto file = write_redirect(link + "#token=" + percent_encoded(reached->token));
    if (!file) return file.error();
    shown = file_url(*file);
  }
  if (!show_in_browser(context.environment, shown)) {
    std::fputs(
        "There is no browser here. Open the link in one that reaches the hub, and sign in with a token, such "
        "as the\n"
        "one that the hub printed when it started first.\n",
        stderr);
  }
  return {};
}

}  // namespace

void add_open(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("open", "Open the hub's pages in a browser, signed in");
  verb->add_option("WHAT", flags->what,
                   "A cluster's id or scheduler_id, or computation/ID; default: the list of clusters");
  verb->add_flag("--print", flags->print, "Only print the link, which has no token in it");
  verb->footer("Example:\n  pilothouse open computation/12");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return open(context, *flags); }; });
}

}  // namespace pilothouse::cli
