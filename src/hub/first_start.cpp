#include "hub/first_start.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/clock.h"
#include "base/json_parse.h"
#include "base/paths.h"
#include "hub/log.h"
#include "store/token.h"
#include "store/workspaces.h"

namespace pilothouse::hub {
namespace {

namespace json = boost::json;

constexpr std::string_view kDefaultWorkspace = "default";

// All or nothing, and never readable for others.
base::Result<void> write_private(const std::filesystem::path& file, const std::string& content) {
  const std::string draft = file.string() + ".new";
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool written = descriptor >= 0;
  if (written) {
    written = ::fchmod(descriptor, 0600) == 0 &&
              ::write(descriptor, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
              ::fsync(descriptor) == 0;
    written = ::close(descriptor) == 0 && written;
  }
  if (!written || std::rename(draft.c_str(), file.c_str()) != 0) {
    return base::error(base::Errc::kStorage, file.string() + ": " + std::strerror(errno));
  }
  return {};
}

base::Result<void> write_client(const std::filesystem::path& file, json::object client,
                                const std::string& address, const std::filesystem::path& ca_file) {
  client["address"] = address;
  client.erase("ca_file");
  if (!ca_file.empty()) client["ca_file"] = ca_file.string();
  return write_private(file, json::serialize(client) + "\n");
}

std::optional<json::object> read_client(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream content;
  content << in.rdbuf();
  const auto value = base::parse_json(content.str());
  if (!value || !value->is_object()) return std::nullopt;
  return value->get_object();
}

}  // namespace

base::Result<std::optional<std::string>> prepare_access(store::ControlStore& control,
                                                        const std::filesystem::path& state_dir,
                                                        const std::string& address,
                                                        const std::filesystem::path& ca_file) {
  const std::filesystem::path file = state_dir / base::kClientFile;
  const auto workspaces = control.workspaces();
  if (!workspaces) return workspaces.error();
  if (!workspaces->empty()) {
    const auto client = read_client(file);
    if (!client) {
      log_line(file.string() +
               " is missing or unreadable; local clients need a token from: pilothouse token create");
      return std::nullopt;
    }
    if (const auto written = write_client(file, *client, address, ca_file); !written) return written.error();
    return std::nullopt;
  }

  // The file first: when this is cut short, the next start finds no workspace and begins anew.
  const std::string token = store::new_token();
  const auto written =
      write_client(file, {{"token", token}, {"workspace", kDefaultWorkspace}}, address, ca_file);
  if (!written) return written.error();
  const auto made =
      control.create_workspace({kDefaultWorkspace, store::hash_token(token), store::default_owner()},
                               store::local_author(), base::wall_now());
  if (!made) return made.error();
  return token;
}

}  // namespace pilothouse::hub
