#include "cli/settings.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/paths.h"
#include "net/http_client.h"

namespace pilothouse::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using base::Errc;
using base::error;

constexpr std::string_view kDefaultAddress = "http://127.0.0.1:8790";
constexpr std::uintmax_t kMaxFile = 1U << 20;

std::optional<std::string> read_file(const fs::path& path) {
  std::error_code failed;
  if (!fs::is_regular_file(path, failed) || fs::file_size(path, failed) > kMaxFile || failed)
    return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Dask's order: within a directory the later name wins, so it comes first here.
std::vector<fs::path> config_files(const fs::path& place) {
  std::error_code failed;
  if (!fs::is_directory(place, failed)) return {place};
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(place, failed), end; !failed && entry != end; entry.increment(failed)) {
    const fs::path extension = entry->path().extension();
    if (extension == ".yaml" || extension == ".yml" || extension == ".json") files.push_back(entry->path());
  }
  std::sort(files.rbegin(), files.rend());
  return files;
}

void take(std::optional<std::string>& target, const YAML::Node& section, const char* key) {
  if (target) return;
  const YAML::Node value = section[key];
  if (value.IsDefined() && value.IsScalar() && !value.Scalar().empty()) target = value.Scalar();
}

base::Result<void> add_config_file(HubFlags& found, const fs::path& path) {
  const std::optional<std::string> content = read_file(path);
  if (!content) return {};
  try {
    const YAML::Node root = YAML::Load(*content);
    if (!root.IsMap()) return {};
    const YAML::Node section = root["pilothouse"];
    if (!section.IsDefined() || !section.IsMap()) return {};
    take(found.address, section, "address");
    take(found.token, section, "token");
    take(found.workspace, section, "workspace");
    if (const YAML::Node tls = section["tls"]; tls.IsDefined() && tls.IsMap()) {
      take(found.ca_file, tls, "ca-file");
      take(found.ca_file, tls, "ca_file");
    }
  } catch (const YAML::Exception& malformed) {
    return error(Errc::kMalformed, path.string() + " is not valid YAML: " + malformed.what());
  }
  return {};
}

std::optional<HubSettings> read_client_file(const fs::path& path) {
  const std::optional<std::string> content = read_file(path);
  if (!content) return std::nullopt;
  boost::system::error_code failed;
  const json::value root = json::parse(*content, failed);
  if (failed || !root.is_object()) return std::nullopt;
  const auto text = [&](std::string_view key) -> std::optional<std::string> {
    const json::value* value = root.get_object().if_contains(key);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return std::string(value->get_string());
  };
  const auto address = text("address");
  const auto token = text("token");
  if (!address || !token) return std::nullopt;
  return HubSettings{*address, *token, text("workspace"), text("ca_file")};
}

bool same_hub(const std::string& left, const std::string& right) {
  const auto a = net::HubAddress::parse(left);
  const auto b = net::HubAddress::parse(right);
  if (!a || !b) return false;
  const auto host = [](const std::string& name) { return name == "localhost" ? "127.0.0.1" : name; };
  return a->tls == b->tls && host(a->host) == host(b->host) && a->port == b->port && a->prefix == b->prefix;
}

}  // namespace

base::Result<HubSettings> resolve_hub(const HubFlags& flags, const Environment& environment,
                                      const fs::path& state_dir) {
  HubFlags found = flags;
  if (!found.address) found.address = environment.address;
  if (!found.token) found.token = environment.token;
  if (!found.workspace) found.workspace = environment.workspace;
  if (!found.ca_file) found.ca_file = environment.ca_file;

  const auto complete = [&] { return found.address && found.token && found.workspace && found.ca_file; };
  for (const fs::path& place : environment.config_places) {
    for (const fs::path& file : config_files(place)) {
      if (complete()) break;
      if (const auto added = add_config_file(found, file); !added) return added.error();
    }
  }

  if (found.ca_file && found.ca_file->starts_with("~/") && environment.home) {
    found.ca_file = *environment.home / found.ca_file->substr(2);
  }
  HubSettings settings{found.address.value_or(std::string(kDefaultAddress)), found.token.value_or(""),
                       found.workspace, found.ca_file};
  const auto local = read_client_file(state_dir / base::kClientFile);
  if (!local) return settings;
  if (!found.address) settings.address = local->address;
  if (!same_hub(settings.address, local->address)) return settings;
  if (!found.ca_file) settings.ca_file = local->ca_file;
  if (!found.token) {
    settings.token = local->token;
    if (!settings.workspace) settings.workspace = local->workspace;
  }
  return settings;
}

base::Result<net::HubAccess> access(const HubSettings& settings) {
  auto address = net::HubAddress::parse(settings.address);
  if (!address) return address.error();
  const bool printable = std::all_of(settings.token.begin(), settings.token.end(),
                                     [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (!printable) return error(Errc::kInvalidArgument, "the token has characters that no token has");
  std::string ca_pem;
  if (address->tls && settings.ca_file) {
    auto read = net::read_ca_file(*settings.ca_file);
    if (!read) return error(Errc::kInvalidArgument, "the CA file " + read.error().message);
    ca_pem = std::move(*read);
  }
  return net::HubAccess::make(std::move(*address), settings.token, ca_pem);
}

}  // namespace pilothouse::cli
