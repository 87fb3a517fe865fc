#include <algorithm>
#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <string>

#include "cli/column.h"
#include "cli/plugin.h"
#include "cli/text.h"
#include "trust/signatures/revocation.h"

namespace pilothouse::cli {
namespace {

using base::Errc;
using base::error;

struct Flags {
  KeyFlags key;
  std::string bundle;
  std::string reason;
  std::string output;
  bool publish = false;
};

// Only who has signed a bundle can take it back: hosts do not heed others.
base::Result<std::string> bundle_signed_by(const trust::PublicKey& key, const std::string& file) {
  const auto bytes = read_bundle(file);
  if (!bytes) return bytes.error();
  const auto envelope = trust::Envelope::open(*bytes);
  if (!envelope) return refused(file, envelope.error());
  if (const auto fine = envelope->check_signatures(); !fine) return refused(file, fine.error());
  const bool signed_it = std::any_of(envelope->signers.begin(), envelope->signers.end(),
                                     [&](const trust::Signer& signer) { return signer.key == key; });
  if (!signed_it) {
    return error(Errc::kConflict,
                 "the key has not signed " + file + "\nOnly a key that signed a bundle can take it back.");
  }
  return envelope->sha256();
}

base::Result<void> publish(const Context& context, const std::string& statement, Output& out) {
  const auto hub = context.hub();
  if (!hub) return hub.error();
  const auto answer =
      hub->post_bytes("/plugins/revocations", statement, std::string(trust::kRevocationMediaType));
  if (!answer) return hub_failure(answer.error());
  const boost::json::value* is_new = find(*answer, "new");
  const bool was_there = is_new != nullptr && is_new->is_bool() && !is_new->get_bool();
  out.write(was_there ? "The hub had it before.\n" : "The hub has it and hands it on.\n");
  return {};
}

base::Result<void> revoke(const Context& context, const Flags& flags) {
  if (flags.output.empty() && !flags.publish) {
    return error(Errc::kInvalidArgument, "say where the revocation is to go: -o FILE, --publish, or both");
  }
  if (flags.reason.empty()) return error(Errc::kInvalidArgument, "--reason: say why");
  const auto key = load_key(flags.key, context.environment);
  if (!key) return key.error();

  trust::Revocation revocation;
  revocation.key = key->public_key();
  revocation.reason = flags.reason;
  revocation.time_us = base::wall_now();
  if (!flags.bundle.empty()) {
    auto sha256 = bundle_signed_by(revocation.key, flags.bundle);
    if (!sha256) return sha256.error();
    revocation.sha256 = std::move(*sha256);
  }
  const auto statement = trust::sign_revocation(revocation, *key);
  if (!statement) return statement.error();
  if (!flags.output.empty()) {
    if (const auto written = write_new_file(flags.output, *statement); !written) return written.error();
  }
  Output out;
  const std::string id = revocation.key.to_string();
  out.write(revocation.sha256 ? id + " takes back the bundle " + *revocation.sha256 + ".\n"
                              : id + " says of itself that it is not to be trusted any more.\n");
  if (!flags.output.empty()) out.write("Written to " + one_line(flags.output) + ".\n");
  if (flags.publish) {
    out.flush();
    if (const auto sent = publish(context, *statement, out); !sent) return sent.error();
  }
  return out.finish();
}

}  // namespace

void add_plugin_revoke(CLI::App& group, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb =
      group.add_subcommand("revoke", "Say that a key, or a bundle, is not to be trusted any more");
  add_key_flags(*verb, flags->key);
  verb->add_option("--bundle", flags->bundle, "Take back this bundle that the key signed; default: the key");
  verb->add_option("--reason", flags->reason, "Why, for people")->required();
  verb->add_option("-o,--output", flags->output, "A file for it, which must not exist");
  verb->add_flag("--publish", flags->publish, "Send it to the hub, which needs the scope publish");
  verb->footer(
      "There is no way back: hosts remember it.\n\n"
      "Examples:\n"
      "  pilothouse plugin revoke --key team.key --bundle idle.bundle --reason \"leaks memory\" --publish\n"
      "  pilothouse plugin revoke --key team.key --reason \"laptop stolen\" -o team.revocation --publish");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return revoke(context, *flags); }; });
}

}  // namespace pilothouse::cli
