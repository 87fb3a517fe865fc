#include "trust/signatures/verify.h"

#include <algorithm>

#include "trust/signatures/host_state.h"
#include "trust/signatures/names.h"

namespace pilothouse::trust {
namespace {

bool contains(const std::vector<PublicKey>& keys, const PublicKey& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// Statements of keys that nobody has pinned are no business of this host: it would only fill its memory.
bool learn(const std::vector<std::string>& statements, const Policy& policy, HostState& state) {
  bool news = false;
  for (const std::string& statement : statements) {
    const auto revocation = Revocation::open(statement);
    if (revocation && contains(policy.keys, revocation->key)) news = state.learn(*revocation) || news;
  }
  return news;
}

// The pinned keys that signed and may be trusted.
Checked<std::vector<PublicKey>> count_keys(const Envelope& envelope, const Policy& policy,
                                           const HostState& state) {
  std::vector<PublicKey> counted;
  std::size_t revoked = 0;
  for (const Signer& signer : envelope.signers) {
    if (!contains(policy.keys, signer.key)) continue;
    if (contains(policy.revoked, signer.key) || state.revoked_keys.count(signer.key.to_string()) > 0) {
      ++revoked;
    } else {
      counted.push_back(signer.key);
    }
  }
  const std::size_t needed = std::max<std::size_t>(policy.threshold, 1);
  if (counted.size() >= needed) return counted;
  if (counted.empty() && revoked == 0) {
    return refuse(Code::kUnknownKey, "none of the keys that signed it is pinned in pilothouse.plugins");
  }
  if (counted.size() + revoked >= needed) {
    return refuse(Code::kRevokedKey, "a key that signed it is revoked, and without it there are too few");
  }
  return refuse(Code::kBelowThreshold, std::to_string(counted.size()) +
                                           " of the pinned keys have signed it, " + std::to_string(needed) +
                                           " must");
}

// By any pinned key, whether or not its signature is there: whoever passes a bundle on could have cut it off.
Checked<void> check_withdrawn(const std::string& sha256, const std::vector<PublicKey>& keys,
                              const HostState& state) {
  const auto found = state.withdrawn.find(sha256);
  if (found == state.withdrawn.end()) return {};
  for (const PublicKey& key : keys) {
    if (found->second.count(key.to_string()) > 0) {
      return refuse(Code::kWithdrawn, "its publisher has withdrawn it (" + key.to_string() + ")");
    }
  }
  return {};
}

Checked<void> check_name(const std::string& name, const Policy& policy) {
  if (name == policy.name) return {};
  if (skeleton(name) == skeleton(policy.name)) {
    return refuse(Code::kLookAlike,
                  "it is " + in_quotes(name) + ", which only looks like " + in_quotes(policy.name));
  }
  return refuse(Code::kWrongName, "it is " + in_quotes(name) + ", not " + in_quotes(policy.name));
}

Checked<void> check_versions(const Manifest& manifest, const Policy& policy, base::Micros now) {
  if (now >= manifest.expires_us) {
    return refuse(Code::kExpired, "it has expired; its publisher must sign a new one");
  }
  if (policy.python && !manifest.admits_python(*policy.python)) {
    return refuse(Code::kIncompatible, "it is for Python " + manifest.python + ", this is " + *policy.python);
  }
  if (policy.distributed && !manifest.admits_distributed(*policy.distributed)) {
    return refuse(Code::kIncompatible,
                  "it is for distributed " + manifest.distributed + ", this is " + *policy.distributed);
  }
  const Version version = Version::parse(manifest.version).value();
  if (policy.least_version && version < *policy.least_version) {
    return refuse(Code::kBelowLeastVersion,
                  "it is version " + manifest.version + ", older than pilothouse.plugins allows");
  }
  return {};
}

Checked<void> check_rollback(const Manifest& manifest, const std::string& sha256, const HostState& state) {
  const auto seen = state.plugins.find(manifest.name);
  if (seen == state.plugins.end()) return {};
  const Version version = Version::parse(manifest.version).value();
  const Version highest = Version::parse(seen->second.version).value();
  if (version < highest) {
    return refuse(Code::kRollback, "it is version " + manifest.version + ", and this host has accepted " +
                                       seen->second.version + " before");
  }
  if (version == highest && sha256 != seen->second.sha256) {
    return refuse(Code::kRollback, "this host has accepted other contents as version " + manifest.version +
                                       " before; a new version must have a new number");
  }
  return {};
}

Checked<Verified> judge(std::string_view bundle, const Policy& policy, const HostState& state,
                        base::Micros now) {
  const auto envelope = Envelope::open(bundle, policy.max_bytes);
  if (!envelope) return envelope.error();
  if (const auto fine = envelope->check_signatures(); !fine) return fine.error();
  auto keys = count_keys(*envelope, policy, state);
  if (!keys) return keys.error();
  const std::string sha256 = envelope->sha256();
  if (const auto fine = check_withdrawn(sha256, policy.keys, state); !fine) return fine.error();

  // From here on pinned keys vouch for what it says.
  auto contents = read_contents(*envelope);
  if (!contents) return contents.error();
  Verified verified{std::move(contents->manifest), sha256, std::move(*keys), {}, std::move(contents->files)};
  for (const Signer& signer : envelope->signers) verified.signers.push_back(signer.key);
  if (!contains(verified.signers, verified.manifest.publisher)) {
    return refuse(Code::kNoSignature, "the publisher that it names has not signed it");
  }
  if (const auto fine = check_name(verified.manifest.name, policy); !fine) return fine.error();
  if (const auto fine = check_versions(verified.manifest, policy, now); !fine) return fine.error();
  if (const auto fine = check_rollback(verified.manifest, sha256, state); !fine) return fine.error();
  return verified;
}

Refusal no_memory(const base::Error& failure) {
  return refuse(Code::kRollback,
                "what this host has accepted before cannot be read or kept: " + failure.message);
}

// What is accepted is refused all the same when there is an objection.
Checked<Verified> decide(std::string_view bundle, const Policy& policy,
                         const std::vector<std::string>& revocations, const std::optional<Memory>& memory,
                         base::Micros now, const std::optional<Refusal>& objection) {
  const auto unless_objected = [&](Checked<Verified> verified) -> Checked<Verified> {
    if (verified && objection) return *objection;
    return verified;
  };
  if (!memory) {
    HostState nothing;
    learn(revocations, policy, nothing);
    return unless_objected(judge(bundle, policy, nothing, now));
  }
  std::optional<HostStateLock> lock;
  if (memory->write) {
    auto taken = HostStateLock::take(memory->directory);
    if (!taken) return no_memory(taken.error());
    lock.emplace(std::move(*taken));
  }
  auto state = HostState::read(memory->directory);
  if (!state) return no_memory(state.error());
  bool news = learn(revocations, policy, *state);
  auto verified = unless_objected(judge(bundle, policy, *state, now));
  if (verified) {
    HostState::Seen& seen = state->plugins[policy.name];
    news = news || seen.version != verified->manifest.version;
    seen = {verified->manifest.version, verified->sha256};
  }
  if (memory->write && news) {
    if (const auto written = state->write(memory->directory); !written) return no_memory(written.error());
  }
  return verified;
}

}  // namespace

Checked<Verified> verify(std::string_view bundle, const Policy& policy,
                         const std::vector<std::string>& revocations, const std::optional<Memory>& memory,
                         base::Micros now) {
  if (!policy.examine) return decide(bundle, policy, revocations, memory, now, std::nullopt);
  // Examined before the lock is taken. What is refused at first stays refused, whatever another process makes
  // the host remember meanwhile: nobody has examined it.
  auto looking = memory;
  if (looking) looking->write = false;
  const auto first = decide(bundle, policy, revocations, looking, now, std::nullopt);
  const Checked<void> fine = first ? policy.examine(*first) : Checked<void>(first.error());
  std::optional<Refusal> objection;
  if (!fine) objection = fine.error();
  return decide(bundle, policy, revocations, memory, now, objection);
}

}  // namespace pilothouse::trust
