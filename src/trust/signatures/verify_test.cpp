#include "trust/signatures/verify.h"

#include <fstream>

#include "trust/signatures/host_state.h"
#include "trust/signatures/revocation.h"
#include "trust/signatures/test_bundles.h"

namespace pilothouse::trust {
namespace {

// Each bundle here is right in everything but what the test is about.
class Verify : public InDirectory {
 protected:
  Verify() {
    policy_.name = "night-watch";
    policy_.keys = {one_.public_key(), two_.public_key()};
    policy_.python = "3.11.2";
    policy_.distributed = "2026.8.0";
  }

  std::optional<Code> refusal(std::string_view bundle, const std::vector<std::string>& revocations = {},
                              base::Micros now = kMade) const {
    const auto verified = verify(bundle, policy_, revocations, memory_, now);
    return verified ? std::nullopt : std::optional(verified.error().code);
  }
  std::string with(const std::function<void(Manifest&)>& change) const { return bundle_by({&one_}, change); }
  std::string of_version(const std::string& version) const {
    return with([&](Manifest& manifest) { manifest.version = version; });
  }
  static std::string revoking(const PrivateKey& key, std::optional<std::string> sha256 = {}) {
    Revocation revocation;
    revocation.sha256 = std::move(sha256);
    return sign_revocation(revocation, key).value();
  }
  static std::string withdrawing(const PrivateKey& key, const std::string& bundle) {
    return revoking(key, Envelope::open(bundle)->sha256());
  }
  void write_state(std::string_view text) const { std::ofstream(directory_ / "trust.json") << text; }

  const PrivateKey one_ = key('a');
  const PrivateKey two_ = key('b');
  const PrivateKey stranger_ = key('s');
  const std::string bundle_ = bundle_by({&one_});
  Policy policy_;
  std::optional<Memory> memory_ = Memory{directory_.path()};
};

TEST_F(Verify, TellsWhatIsSure) {
  const auto verified = verify(bundle_by({&one_, &stranger_}), policy_, {}, memory_, kMade);
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->manifest.version, "1.2.0");
  EXPECT_EQ(verified->files, files());
  EXPECT_EQ(verified->keys, std::vector{one_.public_key()});
  EXPECT_EQ(verified->signers.size(), 2U);
  EXPECT_EQ(verified->sha256, Envelope::open(bundle_)->sha256());
}

TEST_F(Verify, AsksForAPinnedKey) {
  EXPECT_EQ(refusal(bundle_by({&stranger_})), Code::kUnknownKey);
  policy_.keys.clear();
  EXPECT_EQ(refusal(bundle_), Code::kUnknownKey);
}

TEST_F(Verify, AsksForAsManyKeysAsThePolicy) {
  policy_.threshold = 2;
  EXPECT_EQ(refusal(bundle_by({&one_, &stranger_})), Code::kBelowThreshold);
  EXPECT_EQ(refusal(bundle_by({&one_, &two_})), std::nullopt);
}

TEST_F(Verify, CountsAKeyThatIsPinnedTwiceOnce) {
  policy_.keys = {one_.public_key(), one_.public_key()};
  policy_.threshold = 2;
  EXPECT_EQ(refusal(bundle_), Code::kBelowThreshold);
}

TEST_F(Verify, NeverTakesABundleOfNobody) {
  policy_.threshold = 0;
  EXPECT_EQ(refusal(bundle_by({&stranger_})), Code::kUnknownKey);
  EXPECT_EQ(refusal(pack_bundle(manifest_of(one_), files()).value()), Code::kNoSignature);
}

TEST_F(Verify, AsksForThePublishersSignature) {
  EXPECT_EQ(refusal(with([&](Manifest& manifest) { manifest.publisher = two_.public_key(); })),
            Code::kNoSignature);
}

TEST_F(Verify, RefusesARevokedKeyOfThePolicy) {
  policy_.revoked = {one_.public_key()};
  EXPECT_EQ(refusal(bundle_), Code::kRevokedKey);
  EXPECT_EQ(refusal(bundle_by({&one_, &two_})), std::nullopt);
}

TEST_F(Verify, RefusesAKeyThatRevokesItself) {
  EXPECT_EQ(refusal(bundle_, {revoking(one_)}), Code::kRevokedKey);
  // It is remembered, and it holds for any plugin.
  EXPECT_EQ(refusal(bundle_), Code::kRevokedKey);
  policy_.name = "other";
  EXPECT_EQ(refusal(with([](Manifest& manifest) { manifest.name = "other"; })), Code::kRevokedKey);
}

TEST_F(Verify, RefusesAKeyThatRevokesItselfWithoutMemory) {
  memory_.reset();
  EXPECT_EQ(refusal(bundle_, {revoking(one_)}), Code::kRevokedKey);
  EXPECT_EQ(refusal(bundle_), std::nullopt);
}

TEST_F(Verify, RefusesAWithdrawnBundle) {
  EXPECT_EQ(refusal(bundle_, {withdrawing(one_, bundle_)}), Code::kWithdrawn);
  EXPECT_EQ(refusal(bundle_), Code::kWithdrawn);
  EXPECT_EQ(refusal(add_signature(bundle_, two_).value()), Code::kWithdrawn);
  EXPECT_EQ(refusal(of_version("1.2.1")), std::nullopt);
}

TEST_F(Verify, LetsPinnedKeysWithdraw) {
  EXPECT_EQ(refusal(bundle_, {withdrawing(stranger_, bundle_)}), std::nullopt);
  EXPECT_EQ(refusal(bundle_, {withdrawing(two_, bundle_)}), Code::kWithdrawn);
}

TEST_F(Verify, KeepsNothingOfStrangers) {
  EXPECT_EQ(refusal(bundle_, {revoking(stranger_), withdrawing(stranger_, bundle_), "junk"}), std::nullopt);
  const auto state = HostState::read(directory_.path()).value();
  EXPECT_TRUE(state.revoked_keys.empty());
  EXPECT_TRUE(state.withdrawn.empty());
}

TEST_F(Verify, KeepsRevocationsAlthoughItRefuses) {
  EXPECT_EQ(refusal("junk", {revoking(two_), withdrawing(one_, bundle_)}), Code::kMalformed);
  const auto state = HostState::read(directory_.path()).value();
  EXPECT_EQ(state.revoked_keys.count(two_.public_key().to_string()), 1U);
  EXPECT_EQ(state.withdrawn.size(), 1U);
  EXPECT_TRUE(state.plugins.empty());
  EXPECT_EQ(refusal(bundle_), Code::kWithdrawn);
}

TEST_F(Verify, RefusesAnotherPlugin) {
  policy_.name = "day-watch";
  EXPECT_EQ(refusal(bundle_), Code::kWrongName);
  policy_.name = "n1ght-watch";
  EXPECT_EQ(refusal(bundle_), Code::kLookAlike);
  policy_.name = "nightwatch";
  EXPECT_EQ(refusal(bundle_), Code::kLookAlike);
}

TEST_F(Verify, RefusesASignerWhoLies) {
  const auto lie = [&](const std::function<void(Manifest&)>& change) {
    Manifest manifest = manifest_of(one_);
    manifest.files = {{"watch.py", 3, sha256_hex("abc")}};
    change(manifest);
    return sign(raw_bundle(manifest.to_json(), "abc"), {&one_});
  };
  EXPECT_EQ(refusal(lie([](Manifest&) {})), std::nullopt);
  EXPECT_EQ(refusal(lie([](Manifest& manifest) { manifest.files[0].sha256 = sha256_hex("abd"); })),
            Code::kBadHash);
  EXPECT_EQ(refusal(lie([](Manifest& manifest) { manifest.files[0].path = "../watch.py"; })), Code::kBadPath);
  EXPECT_EQ(refusal(lie([](Manifest& manifest) { manifest.entry = "os:system"; })), Code::kBadEntry);
  EXPECT_EQ(refusal(lie([](Manifest& manifest) { manifest.kind = "client"; })), Code::kMalformed);
}

TEST_F(Verify, BelievesNothingThatAStrangerSays) {
  EXPECT_EQ(refusal(sign(raw_bundle("{", ""), {&stranger_})), Code::kUnknownKey);
  EXPECT_EQ(refusal(sign(raw_bundle("{", ""), {&one_})), Code::kMalformed);
}

TEST_F(Verify, RefusesAnExpiredBundle) {
  EXPECT_EQ(refusal(bundle_, {}, kExpires - 1), std::nullopt);
  EXPECT_EQ(refusal(bundle_, {}, kExpires), Code::kExpired);
}

TEST_F(Verify, RefusesWhatIsNotForThisPythonOrDistributed) {
  EXPECT_EQ(refusal(with([](Manifest& manifest) { manifest.python = "<3.11"; })), Code::kIncompatible);
  EXPECT_EQ(refusal(with([](Manifest& manifest) { manifest.distributed = ">=2026.9"; })),
            Code::kIncompatible);
  policy_.python.reset();
  policy_.distributed.reset();
  EXPECT_EQ(refusal(with([](Manifest& manifest) {
              manifest.python = "<3";
              manifest.distributed = "<1";
            })),
            std::nullopt);
}

TEST_F(Verify, RefusesLessThanTheLeastVersion) {
  policy_.least_version = Version::parse("1.2").value();
  EXPECT_EQ(refusal(of_version("1.1.99")), Code::kBelowLeastVersion);
  EXPECT_EQ(refusal(bundle_), std::nullopt);
}

TEST_F(Verify, RefusesABundleOverThePolicysSize) {
  policy_.max_bytes = bundle_.size() - 1;
  EXPECT_EQ(refusal(bundle_), Code::kTooLarge);
  policy_.max_bytes = bundle_.size();
  EXPECT_EQ(refusal(bundle_), std::nullopt);
}

TEST_F(Verify, NeverGoesBack) {
  EXPECT_EQ(refusal(bundle_), std::nullopt);
  EXPECT_EQ(refusal(bundle_), std::nullopt);
  EXPECT_EQ(refusal(of_version("1.1")), Code::kRollback);
  EXPECT_EQ(refusal(of_version("1.2")), Code::kRollback);  // the same version, and other bytes
  EXPECT_EQ(refusal(of_version("1.3")), std::nullopt);
  EXPECT_EQ(refusal(bundle_), Code::kRollback);
}

TEST_F(Verify, TellsVersionsOfPluginsApart) {
  EXPECT_EQ(refusal(bundle_), std::nullopt);
  policy_.name = "other";
  EXPECT_EQ(refusal(with([](Manifest& manifest) {
              manifest.name = "other";
              manifest.version = "0.1";
            })),
            std::nullopt);
}

TEST_F(Verify, DoesNotRememberWhatItRefused) {
  EXPECT_EQ(refusal(of_version("9"), {}, kExpires), Code::kExpired);
  EXPECT_EQ(refusal(bundle_), std::nullopt);
}

TEST_F(Verify, WritesNothingWhenItNeedNotRemember) {
  memory_ = Memory{directory_ / "state", false};
  EXPECT_EQ(refusal(bundle_, {revoking(two_)}), std::nullopt);
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
  memory_ = Memory{directory_.path(), true};
  EXPECT_EQ(refusal(of_version("2")), std::nullopt);
  memory_->write = false;
  EXPECT_EQ(refusal(bundle_), Code::kRollback);
}

TEST_F(Verify, RefusesWhenItsMemoryIsBroken) {
  write_state("{");
  for (const bool write : {true, false}) {
    memory_->write = write;
    EXPECT_EQ(refusal(bundle_), Code::kRollback);
  }
}

TEST_F(Verify, RefusesWhenItsMemoryCannotBeReadOrWritten) {
  std::filesystem::create_directory(directory_ / "trust.json");
  EXPECT_EQ(refusal(bundle_), Code::kRollback);
  std::filesystem::remove(directory_ / "trust.json");
  std::filesystem::remove(directory_ / "trust.lock");
  std::filesystem::create_directory(directory_ / "trust.lock");
  EXPECT_EQ(refusal(bundle_), Code::kRollback);
  write_state("{}");
  memory_ = Memory{directory_ / "trust.json"};
  EXPECT_EQ(refusal(bundle_), Code::kRollback);
}

TEST_F(Verify, ExaminesOnlyWhatIsAcceptedSoFar) {
  int examined = 0;
  policy_.examine = [&](const Verified& verified) -> Checked<void> {
    ++examined;
    EXPECT_EQ(verified.files, files());
    return {};
  };
  EXPECT_EQ(refusal(bundle_by({&stranger_})), Code::kUnknownKey);
  EXPECT_EQ(refusal(bundle_, {}, kExpires), Code::kExpired);
  EXPECT_EQ(examined, 0);
  EXPECT_EQ(refusal(bundle_), std::nullopt);
  EXPECT_EQ(examined, 1);
}

TEST_F(Verify, RemembersNoVersionThatItsExaminerRefuses) {
  policy_.examine = [](const Verified&) -> Checked<void> { return refuse(Code::kTooRisky, "it is"); };
  EXPECT_EQ(refusal(of_version("2.0"), {revoking(two_)}), Code::kTooRisky);
  policy_.examine = nullptr;
  EXPECT_EQ(refusal(bundle_by({&two_})), Code::kRevokedKey);
  EXPECT_EQ(refusal(of_version("1.9")), std::nullopt);
}

TEST_F(Verify, LetsOthersVerifyWhileItExamines) {
  policy_.examine = [this](const Verified&) -> Checked<void> {
    EXPECT_TRUE(HostStateLock::take(directory_.path(), std::chrono::milliseconds(1)));
    return {};
  };
  EXPECT_EQ(refusal(bundle_), std::nullopt);
}

// While it is examined, its key is revoked by another process: that counts.
TEST_F(Verify, LooksAgainAfterItHasExamined) {
  policy_.examine = [this](const Verified&) -> Checked<void> {
    HostState state;
    state.revoked_keys.insert(one_.public_key().to_string());
    EXPECT_TRUE(state.write(directory_.path()));
    return {};
  };
  EXPECT_EQ(refusal(bundle_), Code::kRevokedKey);
}

}  // namespace
}  // namespace pilothouse::trust
