#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

#include "base/files.h"
#include "cli/plugin.h"
#include "cli/text.h"

namespace pilothouse::cli {
namespace {

using base::Errc;
using base::error;

struct Flags {
  std::string bundle;
  KeyFlags key;
  std::optional<double> max_risk;
};

// Through links, and with the mode that it has.
base::Result<void> replace_bundle(const std::string& file, std::string_view bytes) {
  std::error_code failed;
  const std::filesystem::path path = std::filesystem::canonical(file, failed);
  struct stat status {};
  if (failed || ::stat(path.c_str(), &status) != 0) {
    return error(Errc::kStorage, file + " cannot be found any more");
  }
  if (const auto written = base::replace_file(path, bytes, status.st_mode & 0777U); !written) {
    return local_failure(written.error());
  }
  return {};
}

// What is to be signed, and what the auditor says of it.
struct Draft {
  std::string bytes;
  audit::Report report;
};

// The first key signs what the auditor says along with the rest. Nothing is changed in what is signed
// already; but it must not be contradicted.
base::Result<Draft> prepare(const std::string& file) {
  auto bytes = read_bundle(file);
  if (!bytes) return bytes.error();
  const auto envelope = trust::Envelope::open(*bytes);
  if (!envelope) return refused(file, envelope.error());
  const bool is_signed = !envelope->signers.empty();
  if (is_signed) {
    if (const auto fine = envelope->check_signatures(); !fine) return refused(file, fine.error());
  }
  auto contents = trust::read_contents(*envelope);
  if (!contents) return refused(file, contents.error());
  if (contents->manifest.expires_us <= base::wall_now()) {
    return error(Errc::kConflict, file + " has expired\nPack it again.");
  }
  auto report = audit::audit_files(contents->files, contents->manifest.name);
  if (!report) return error(report.error().code, file + ": " + report.error().message);
  if (is_signed) {
    const auto fine = audit::check_note(contents->manifest, *report);
    if (!fine) return refused(file, fine.error());
    return Draft{std::move(*bytes), std::move(*report)};
  }
  contents->manifest.audit = audit::note_of(*report);
  auto packed = trust::pack_bundle(std::move(contents->manifest), contents->files);
  if (!packed) return refused(file, packed.error());
  return Draft{std::move(*packed), std::move(*report)};
}

base::Result<void> sign(const Context& context, const Flags& flags) {
  const auto draft = prepare(flags.bundle);
  if (!draft) return draft.error();
  const auto envelope = trust::Envelope::open(draft->bytes);
  if (!envelope) return refused(flags.bundle, envelope.error());
  const auto read = trust::Manifest::parse(envelope->manifest);
  if (!read) return refused(flags.bundle, read.error());
  const trust::Manifest& manifest = *read;

  Output out;
  out.write("To be signed:\n" + describe(manifest, envelope->sha256()) +
            describe_audit(draft->report, manifest.audit));
  out.flush();  // before the passphrase is asked for
  if (flags.max_risk) {
    const auto fine = audit::check_risk(draft->report, *flags.max_risk);
    if (!fine) return refused(flags.bundle + " is not signed", fine.error());
  }
  const auto key = load_key(flags.key, context.environment);
  if (!key) return key.error();
  const auto signed_bundle = trust::add_signature(draft->bytes, *key);
  if (!signed_bundle) {
    return error(signed_bundle.error().code, flags.bundle + ": " + signed_bundle.error().message);
  }
  if (const auto written = replace_bundle(flags.bundle, *signed_bundle); !written) return written.error();

  const trust::PublicKey mine = key->public_key();
  out.write("Signed by " + mine.to_string() + ", as number " + std::to_string(envelope->signers.size() + 1) +
            ".\n");
  const bool by_publisher =
      mine == manifest.publisher ||
      std::any_of(envelope->signers.begin(), envelope->signers.end(),
                  [&](const trust::Signer& signer) { return signer.key == manifest.publisher; });
  if (!by_publisher) out.write("Its publisher has not signed it yet, and must.\n");
  return out.finish();
}

}  // namespace

void add_plugin_sign(CLI::App& group, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = group.add_subcommand("sign", "Show what is in a bundle and add a signature to it");
  verb->add_option("BUNDLE", flags->bundle, "The bundle's file, which is replaced")->required();
  add_key_flags(*verb, flags->key);
  add_max_risk(*verb, flags->max_risk, "Sign nothing whose security risk is over this, from 0 to 1");
  verb->footer(
      "The auditor reads the bundle first. What it says is signed along with the rest; those who sign later\n"
      "must find the same.\n\n"
      "Example:\n  pilothouse plugin sign idle.bundle --key team.key");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return sign(context, *flags); }; });
}

}  // namespace pilothouse::cli
