#include <boost/json.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "cli/plugin.h"
#include "cli/text.h"
#include "trust/signatures/revocation.h"
#include "trust/signatures/verify.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;
using base::Errc;
using base::error;

struct Flags {
  std::string bundle;
  std::vector<std::string> trusted;
  std::vector<std::string> revoked;
  std::vector<std::string> revocations;
  std::size_t threshold = 1;
  std::string name;
  std::string least_version;
  std::string python;
  std::string distributed;
  std::optional<double> max_risk;
  bool json = false;
};

base::Error bad_flag(std::string_view flag, const base::Error& why) {
  return error(Errc::kInvalidArgument, std::string(flag) + ": " + why.message);
}

// The name that the bundle gives itself; "" when that cannot be told, and then it is refused for a better
// reason than its name.
std::string own_name(std::string_view bytes) {
  const auto envelope = trust::Envelope::open(bytes);
  if (!envelope) return {};
  const auto manifest = trust::Manifest::parse(envelope->manifest);
  return manifest ? manifest->name : std::string();
}

base::Result<std::optional<std::string>> read_release(std::string_view flag, const std::string& text) {
  if (text.empty()) return std::optional<std::string>();
  if (const auto read = trust::Version::release_of(text); !read) return bad_flag(flag, read.error());
  return std::optional(text);
}

base::Result<trust::Policy> read_policy(const Flags& flags, std::string_view bundle) {
  trust::Policy policy;
  policy.name = flags.name.empty() ? own_name(bundle) : flags.name;
  policy.threshold = flags.threshold;
  const auto keys = read_public_keys(flags.trusted);
  if (!keys) return keys.error();
  policy.keys = *keys;
  const auto revoked = read_public_keys(flags.revoked);
  if (!revoked) return revoked.error();
  policy.revoked = *revoked;
  if (!flags.least_version.empty()) {
    const auto least = trust::Version::parse(flags.least_version);
    if (!least) return bad_flag("--least-version", least.error());
    policy.least_version = *least;
  }
  const auto python = read_release("--python", flags.python);
  if (!python) return python.error();
  policy.python = *python;
  const auto distributed = read_release("--distributed", flags.distributed);
  if (!distributed) return distributed.error();
  policy.distributed = *distributed;
  return policy;
}

// A statement that is none is a mistake of whoever gives it, not one to pass over.
base::Result<std::vector<std::string>> read_revocations(const std::vector<std::string>& files) {
  constexpr std::size_t kMost = trust::kRevocationHeader + trust::kMaxStatement + trust::kSignatureBytes;
  std::vector<std::string> statements;
  for (const std::string& file : files) {
    auto bytes = base::read_file(file, kMost);
    if (!bytes) return local_failure(bytes.error());
    if (const auto read = trust::Revocation::open(*bytes); !read) return refused(file, read.error());
    statements.push_back(std::move(*bytes));
  }
  return statements;
}

json::array texts(const std::vector<trust::PublicKey>& keys) {
  json::array array;
  for (const trust::PublicKey& key : keys) array.push_back(json::value(key.to_string()));
  return array;
}

std::string summary(const trust::Verified& verified, const base::Result<audit::Report>& report) {
  std::string text = "Accepted.\n" + describe(verified.manifest, verified.sha256);
  std::string_view title = "trusted     ";
  for (const trust::PublicKey& key : verified.keys) {
    text.append(title).append(" ").append(key.to_string()).append("\n");
    title = "            ";
  }
  const std::size_t others = verified.signers.size() - verified.keys.size();
  if (others > 0) text += "             and " + std::to_string(others) + " others have signed it\n";
  return text + describe_audit(report, verified.manifest.audit);
}

base::Result<void> verify(Context& context, const Flags& flags) {
  const auto bytes = read_bundle(flags.bundle);
  if (!bytes) return bytes.error();
  auto policy = read_policy(flags, *bytes);
  if (!policy) return policy.error();
  base::Result<audit::Report> report = error(Errc::kInternal, "nothing was audited");
  policy->examine = [&](const trust::Verified& verified) {
    report = audit::audit_files(verified.files, verified.manifest.name);
    return audit::check(verified.manifest, report, flags.max_risk);
  };
  const auto revocations = read_revocations(flags.revocations);
  if (!revocations) return revocations.error();
  const auto verified = trust::verify(*bytes, *policy, *revocations, std::nullopt, base::wall_now());

  if (!verified && !flags.json) return refused(flags.bundle + " is refused", verified.error());
  Output out;
  if (!flags.json) {
    out.write(summary(*verified, report));
  } else if (!verified) {
    out.write(json::serialize(json::object{{"accepted", false},
                                           {"code", trust::name_of(verified.error().code)},
                                           {"reason", verified.error().message}}) +
              "\n");
    context.exit_code = ExitCode::kFailed;
  } else {
    json::object answer{{"accepted", true},
                        {"code", nullptr},
                        {"reason", nullptr},
                        {"keys", texts(verified->keys)},
                        {"signers", texts(verified->signers)},
                        {"report", audit_json(report, verified->manifest.audit)}};
    for (auto& member : to_json(verified->manifest, verified->sha256)) {
      answer.emplace(member.key(), std::move(member.value()));
    }
    out.write(json::serialize(answer) + "\n");
  }
  return out.finish();
}

}  // namespace

void add_plugin_verify(CLI::App& group, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb =
      group.add_subcommand("verify", "Say whether a host that pins these keys would load a bundle");
  verb->add_option("BUNDLE", flags->bundle, "The bundle's file")->required();
  const auto many = [&](const char* name, std::vector<std::string>& texts, const char* what) {
    return verb->add_option(name, texts, what)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  many("--trust", flags->trusted, "A pinned key: its id, or its .pub file; may be repeated")->required();
  verb->add_option("--threshold", flags->threshold, "How many of them must have signed")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, trust::kMaxSignatures));
  verb->add_option("--name", flags->name, "The plugin that it must be; default: what it says itself");
  verb->add_option("--least-version", flags->least_version, "The oldest version that is taken");
  many("--revoked", flags->revoked, "A key that counts no more: its id, or its .pub file; may be repeated");
  many("--revocation", flags->revocations, "A file that pilothouse plugin revoke made; may be repeated");
  verb->add_option("--python", flags->python, "The Python that it would run under; default: not asked");
  verb->add_option("--distributed", flags->distributed, "The same of distributed");
  add_max_risk(*verb, flags->max_risk, "The highest security risk that is taken, from 0 to 1; default: any");
  verb->add_flag("--json", flags->json, "A JSON object");
  verb->footer(
      "The auditor reads it again: by the same rules it must say what it said when the bundle was signed.\n"
      "What hosts remember of versions that they have accepted is not looked at.\n"
      "Exit code 1: it is refused.\n\n"
      "Example:\n  pilothouse plugin verify idle.bundle --trust team.key.pub --python 3.11.2");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return verify(context, *flags); }; });
}

}  // namespace pilothouse::cli
