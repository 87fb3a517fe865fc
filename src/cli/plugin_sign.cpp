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

base::Result<void> sign(const Context& context, const Flags& flags) {
  const auto bytes = read_bundle(flags.bundle);
  if (!bytes) return bytes.error();
  const auto envelope = trust::Envelope::open(*bytes);
  if (!envelope) return refused(flags.bundle, envelope.error());
  if (!envelope->signers.empty()) {
    if (const auto fine = envelope->check_signatures(); !fine) return refused(flags.bundle, fine.error());
  }
  const auto contents = trust::read_contents(*envelope);
  if (!contents) return refused(flags.bundle, contents.error());
  const trust::Manifest& manifest = contents->manifest;
  if (manifest.expires_us <= base::wall_now()) {
    return error(Errc::kConflict, flags.bundle + " has expired\nPack it again.");
  }

  Output out;
  out.write("To be signed:\n" + describe(manifest, envelope->sha256()));
  out.flush();  // before the passphrase is asked for
  const auto key = load_key(flags.key, context.environment);
  if (!key) return key.error();
  const auto signed_bundle = trust::add_signature(*bytes, *key);
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
  verb->footer("Example:\n  pilothouse plugin sign idle.bundle --key team.key");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return sign(context, *flags); }; });
}

}  // namespace pilothouse::cli
