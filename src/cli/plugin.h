#pragma once

#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/context.h"
#include "cli/passphrase.h"
#include "trust/audit/bundle_audit.h"
#include "trust/signatures/bundle.h"
#include "trust/signatures/private_key.h"

// What the verbs of `pilothouse plugin` share.
namespace pilothouse::cli {

// One file for each of them. They add themselves to the group; `context` must outlive it.
void add_plugin_keygen(CLI::App& group, Context& context);
void add_plugin_pack(CLI::App& group, Context& context);
void add_plugin_sign(CLI::App& group, Context& context);
void add_plugin_verify(CLI::App& group, Context& context);
void add_plugin_inspect(CLI::App& group, Context& context);
void add_plugin_hub(CLI::App& group, Context& context);  // publish and list
void add_plugin_revoke(CLI::App& group, Context& context);

// A failure with a file of this machine: unlike one with the hub, it has nothing to do with tokens.
base::Error local_failure(base::Error failure);

// "name: message (code)" as a failure that ends with exit code 1.
base::Error refused(std::string_view what, const trust::Refusal& refusal);

// A failure of the hub, with what to do next when there is no such plugin.
base::Error hub_failure(base::Error failure);

base::Result<std::string> read_bundle(const std::string& file);

// Makes a file that was not there. Whoever opens it later sees it whole; kConflict when there is something of
// that name.
base::Result<void> write_new_file(const std::string& file, std::string_view bytes);

// A key id, or a file that holds one.
base::Result<trust::PublicKey> read_public_key(const std::string& text);
base::Result<std::vector<trust::PublicKey>> read_public_keys(const std::vector<std::string>& texts);

// Where a private key is.
struct KeyFlags {
  std::string file;
  std::string passphrase_file;
};
void add_key_flags(CLI::App& verb, KeyFlags& flags);

// The passphrase from a file, else from the environment; none when there is neither.
base::Result<Secret> given_passphrase(const std::string& file, const Environment& environment);

// Asks for the passphrase on the terminal when the key has one and none was given.
base::Result<trust::PrivateKey> load_key(const KeyFlags& flags, const Environment& environment);

// "title        text": how facts of a bundle are shown.
std::string line(std::string_view title, std::string_view text);

// Hundredths as "0.95".
std::string score_text(std::int64_t hundredths);

// What a manifest says, for people: a line for each member and each file.
std::string describe(const trust::Manifest& manifest, std::string_view sha256);

// The same for programs.
boost::json::object to_json(const trust::Manifest& manifest, std::string_view sha256);

// What the auditor says of a bundle here and now, in short, and how what its manifest says stands to that.
std::string describe_audit(const base::Result<audit::Report>& report,
                           const std::optional<trust::AuditNote>& said);

// The same for programs.
boost::json::object audit_json(const base::Result<audit::Report>& report,
                               const std::optional<trust::AuditNote>& said);

// The option --max-risk.
void add_max_risk(CLI::App& verb, std::optional<double>& max_risk, const char* what);

}  // namespace pilothouse::cli
