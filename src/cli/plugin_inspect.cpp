#include <openssl/evp.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/column.h"
#include "cli/plugin.h"
#include "cli/text.h"
#include "trust/signatures/names.h"
#include "trust/signatures/revocation.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;
using base::Errc;
using base::error;

struct Flags {
  std::string what;
  bool source = false;
  bool json = false;
};

struct Subject {
  std::string bytes;
  std::vector<trust::Revocation> revocations;  // whose signature fits
};

std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

std::vector<trust::Revocation> revocations_of(const json::object& offer) {
  std::vector<trust::Revocation> result;
  const json::value* statements = find(offer, "revocations");
  if (statements == nullptr || !statements->is_array()) return result;
  for (const json::value& statement : statements->get_array()) {
    const auto bytes = statement.is_string() ? from_base64(statement.get_string()) : std::nullopt;
    if (!bytes) continue;
    if (auto read = trust::Revocation::open(*bytes)) result.push_back(std::move(*read));
  }
  return result;
}

// The hub lists the newest first.
std::string newest_version(const json::object& offer) {
  const json::value* versions = find(offer, "versions");
  if (versions == nullptr || !versions->is_array() || versions->get_array().empty()) return {};
  const json::object* newest = versions->get_array().front().if_object();
  return newest == nullptr ? std::string() : text_at(*newest, "version");
}

// "name" or "name@1.2.0", from the hub.
base::Result<Subject> fetch(const Context& context, const std::string& what) {
  const std::size_t at = what.find('@');
  const std::string name = what.substr(0, at);
  std::string version = at == std::string::npos ? std::string() : what.substr(at + 1);
  if (!trust::is_plugin_name(name) || (at != std::string::npos && !trust::Version::parse(version))) {
    return error(Errc::kNotFound, "there is no file " + what + ", and no plugin can be called that\n" +
                                      "Give a bundle's file, or a plugin of the hub like idle-watch@1.2.0.");
  }
  const auto hub = context.hub();
  if (!hub) return hub.error();
  const auto offer = hub->get("/plugins/" + name);
  if (!offer) return hub_failure(offer.error());
  if (version.empty()) version = newest_version(*offer);
  const auto wanted = trust::Version::parse(version);
  if (!wanted) return error(Errc::kInternal, "the hub's answer names no version");
  auto bytes = hub->get_bytes("/plugins/" + name + "/" + version + "/bundle", trust::kDefaultMaxBundle);
  if (!bytes) return hub_failure(bytes.error());
  const auto envelope = trust::Envelope::open(*bytes);
  if (!envelope) return refused("what the hub gives", envelope.error());
  const auto manifest = trust::Manifest::parse(envelope->manifest);
  if (!manifest) return refused("what the hub gives", manifest.error());
  if (manifest->name != name || trust::Version::parse(manifest->version).value() != *wanted) {
    return error(Errc::kInternal, "the hub gives " + manifest->name + "@" + manifest->version +
                                      " when asked for " + name + "@" + version);
  }
  return Subject{std::move(*bytes), revocations_of(*offer)};
}

base::Result<Subject> find_subject(const Context& context, const std::string& what) {
  std::error_code ignored;
  if (!std::filesystem::exists(what, ignored)) return fetch(context, what);
  auto bytes = read_bundle(what);
  if (!bytes) return bytes.error();
  return Subject{std::move(*bytes), {}};
}

bool concerns(const trust::Revocation& revocation, const trust::Envelope& envelope) {
  if (revocation.sha256 && *revocation.sha256 != envelope.sha256()) return false;
  return std::any_of(envelope.signers.begin(), envelope.signers.end(),
                     [&](const trust::Signer& signer) { return signer.key == revocation.key; });
}

std::string as_text(const Subject& subject, const trust::Envelope& envelope, const trust::Contents& contents,
                    const base::Result<audit::Report>& report, bool source) {
  const auto fine = envelope.check_signatures();
  std::string text = "NOT VERIFIED: whoever made this file can have written what follows.\n" +
                     describe(contents.manifest, envelope.sha256());
  text += "signatures   ";
  text += fine ? "all " + std::to_string(envelope.signers.size()) + " fit"
               : fine.error().message + " (" + std::string(trust::name_of(fine.error().code)) + ")";
  text += "\n";
  for (const trust::Signer& signer : envelope.signers)
    text += "             " + signer.key.to_string() + "\n";
  for (const trust::Revocation& revocation : subject.revocations) {
    if (!concerns(revocation, envelope)) continue;
    text += "revoked      " + revocation.key.to_string() +
            (revocation.sha256 ? " takes this bundle back: " : " is not to be trusted any more: ") +
            one_line(revocation.reason) + "\n";
  }
  text += describe_audit(report, contents.manifest.audit);
  if (!source) return text;
  for (const auto& [path, bytes] : contents.files) {
    text += "\n--- " + one_line(path) + "\n" + many_lines(bytes);
    if (!text.ends_with('\n')) text += "\n";
  }
  return text;
}

json::object as_json(const Subject& subject, const trust::Envelope& envelope, const trust::Contents& contents,
                     const base::Result<audit::Report>& report, bool source) {
  json::object answer{{"verified", false}, {"signatures_fit", envelope.check_signatures().has_value()}};
  json::array signers;
  for (const trust::Signer& signer : envelope.signers) signers.push_back(json::value(signer.key.to_string()));
  answer["signers"] = std::move(signers);
  json::array revocations;
  for (const trust::Revocation& revocation : subject.revocations) {
    if (!concerns(revocation, envelope)) continue;
    json::value sha256;
    if (revocation.sha256) sha256 = *revocation.sha256;
    revocations.push_back(json::object{{"key", revocation.key.to_string()},
                                       {"sha256", std::move(sha256)},
                                       {"reason", revocation.reason},
                                       {"time_us", revocation.time_us}});
  }
  answer["revocations"] = std::move(revocations);
  answer["report"] = audit_json(report, contents.manifest.audit);
  for (auto& member : to_json(contents.manifest, envelope.sha256())) {
    answer.emplace(member.key(), std::move(member.value()));
  }
  if (!source) return answer;
  for (json::value& file : answer["files"].as_array()) {
    const auto found = contents.files.find(std::string_view(file.at("path").as_string()));
    file.as_object()["source"] = found->second;
  }
  return answer;
}

base::Result<void> inspect(const Context& context, const Flags& flags) {
  const auto subject = find_subject(context, flags.what);
  if (!subject) return subject.error();
  const auto envelope = trust::Envelope::open(subject->bytes);
  if (!envelope) return refused(flags.what, envelope.error());
  const auto contents = trust::read_contents(*envelope);
  if (!contents) return refused(flags.what, contents.error());
  const auto report = audit::audit_files(contents->files, contents->manifest.name);
  Output out;
  out.write(flags.json ? json::serialize(as_json(*subject, *envelope, *contents, report, flags.source)) + "\n"
                       : as_text(*subject, *envelope, *contents, report, flags.source));
  return out.finish();
}

}  // namespace

void add_plugin_inspect(CLI::App& group, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = group.add_subcommand("inspect", "Show what a bundle says of itself, unverified");
  verb->add_option("BUNDLE", flags->what, "A bundle's file, or a plugin of the hub: NAME or NAME@VERSION")
      ->required();
  verb->add_flag("--source", flags->source, "Its files as well");
  verb->add_flag("--json", flags->json, "A JSON object");
  verb->footer(
      "Examples:\n  pilothouse plugin inspect idle.bundle --source\n  pilothouse plugin inspect "
      "idle-watch@1.0.0");
  verb->callback(
      [&context, flags] { context.verb = [&context, flags] { return inspect(context, *flags); }; });
}

}  // namespace pilothouse::cli
