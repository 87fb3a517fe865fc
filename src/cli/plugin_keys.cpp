#include <memory>
#include <string>

#include "base/files.h"
#include "cli/plugin.h"
#include "cli/text.h"

namespace pilothouse::cli {
namespace {

using base::Errc;
using base::error;
using trust::PrivateKey;

struct Flags {
  std::string file;
  std::string passphrase_file;
  bool ask = false;
};

base::Result<Secret> passphrase_of_new_key(const Context& context, const Flags& flags) {
  if (!flags.ask) return given_passphrase(flags.passphrase_file, context.environment);
  auto first = ask_passphrase("Passphrase for the new key: ");
  if (!first) return first.error();
  const auto second = ask_passphrase("The same again: ");
  if (!second) return second.error();
  if (first->text() != second->text()) return error(Errc::kStorage, "the passphrases are not the same");
  return first;
}

base::Result<void> keygen(const Context& context, const Flags& flags) {
  const auto passphrase = passphrase_of_new_key(context, flags);
  if (!passphrase) return passphrase.error();
  const auto key = PrivateKey::generate();
  if (!key) return key.error();
  if (const auto written = trust::write_key_files(flags.file, *key, passphrase->text()); !written) {
    return local_failure(written.error());
  }
  const std::string id = key->public_key().to_string();
  const std::string file = one_line(flags.file);
  Output out;
  out.write(
      "Key " + id + "\n  " + file + "      signs: keep it secret" +
      (passphrase->text() ? "; it has a passphrase" : "; it has no passphrase, whoever reads it can sign") +
      "\n  " + file + ".pub  its id, for everybody\n\nPin it where schedulers run, in a file like " +
      "~/.config/dask/pilothouse.yaml:\n\npilothouse:\n  plugins:\n    - name: my-plugin\n      " +
      "keys:\n        - \"" + id + "\"\n      threshold: 1\n");
  return out.finish();
}

}  // namespace

base::Error local_failure(base::Error failure) {
  const bool has_hint = failure.message.find('\n') != std::string::npos;
  if (failure.code == Errc::kNotFound && !has_hint) failure.message += "\nIs the path right?";
  if (failure.code == Errc::kForbidden || failure.code == Errc::kUnauthorized) failure.code = Errc::kStorage;
  return failure;
}

base::Result<trust::PublicKey> read_public_key(const std::string& text) {
  if (text.starts_with("ed25519:")) return trust::PublicKey::parse(text);
  auto key = trust::read_public_key_file(text);
  if (!key) return local_failure(key.error());
  return key;
}

base::Result<std::vector<trust::PublicKey>> read_public_keys(const std::vector<std::string>& texts) {
  std::vector<trust::PublicKey> keys;
  for (const std::string& text : texts) {
    const auto key = read_public_key(text);
    if (!key) return key.error();
    keys.push_back(*key);
  }
  return keys;
}

void add_key_flags(CLI::App& verb, KeyFlags& flags) {
  verb.add_option("--key", flags.file, "The private key, which only you can read")->required();
  verb.add_option("--passphrase-file", flags.passphrase_file,
                  "A file with the key's passphrase; else PILOTHOUSE_KEY_PASSPHRASE, else you are asked");
}

base::Result<Secret> given_passphrase(const std::string& file, const Environment& environment) {
  if (file.empty()) {
    return environment.key_passphrase ? Secret(*environment.key_passphrase) : Secret();
  }
  auto text = base::read_file(file, trust::kMaxPassphrase + 2, base::Readers::kOwnerOnly);
  if (!text) return local_failure(text.error());
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  Secret secret(std::move(*text));
  if (secret.text()->empty()) return error(Errc::kStorage, file + " holds no passphrase");
  return secret;
}

base::Result<PrivateKey> load_key(const KeyFlags& flags, const Environment& environment) {
  auto pem = trust::read_key_file(flags.file);
  if (!pem) return local_failure(pem.error());
  const Secret text(std::move(*pem));
  auto passphrase = given_passphrase(flags.passphrase_file, environment);
  if (!passphrase) return passphrase.error();
  if (!passphrase->text() && PrivateKey::is_encrypted(*text.text())) {
    passphrase = ask_passphrase("Passphrase of " + one_line(flags.file) + ": ");
    if (!passphrase) return passphrase.error();
  }
  auto key = PrivateKey::from_pem(*text.text(), passphrase->text());
  if (!key) {
    base::Error failure = key.error();
    failure.message = flags.file + ": " + failure.message;
    return local_failure(std::move(failure));
  }
  return key;
}

void add_plugin_keygen(CLI::App& group, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = group.add_subcommand("keygen", "Make a pair of keys: FILE signs, FILE.pub is pinned");
  verb->add_option("FILE", flags->file, "The private key's file, which must not exist")->required();
  CLI::Option* ask = verb->add_flag("--passphrase", flags->ask, "Ask for a passphrase, twice");
  verb->add_option("--passphrase-file", flags->passphrase_file,
                   "A file with the passphrase, which only you can read; else PILOTHOUSE_KEY_PASSPHRASE")
      ->excludes(ask);
  verb->footer("Example:\n  pilothouse plugin keygen team.key --passphrase");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return keygen(context, *flags); }; });
}

}  // namespace pilothouse::cli
