// A bundle that one of its signers has withdrawn, when whoever passes it on wants it to be loaded.
#include <gtest/gtest.h>

#include "trust/signatures/private_key.h"
#include "trust/signatures/revocation.h"
#include "trust/signatures/verify.h"

namespace pilothouse::trust {
namespace {

constexpr base::Micros kNow = 1'769'904'000 * base::kMicrosPerSecond;

class Withdrawal : public testing::Test {
 protected:
  Withdrawal() {
    Manifest manifest;
    manifest.name = "shuffle-stats";
    manifest.version = "1.2.0";
    manifest.kind = "scheduler";
    manifest.entry = "shuffle:Stats";
    manifest.publisher = publisher_.public_key();
    manifest.created_us = kNow;
    manifest.expires_us = kNow + base::kMicrosPerSecond;
    const std::string packed = pack_bundle(manifest, {{"shuffle.py", "class Stats: ...\n"}}).value();
    one_signature_ = add_signature(packed, publisher_).value();
    two_signatures_ = add_signature(one_signature_, reviewer_).value();
    policy_.name = "shuffle-stats";
    policy_.keys = {publisher_.public_key(), reviewer_.public_key()};
  }

  // The bundle's hash, said by `key`.
  std::vector<std::string> withdrawn_by(const PrivateKey& key) const {
    Revocation revocation;
    revocation.sha256 = Envelope::open(two_signatures_).value().sha256();
    revocation.time_us = kNow;
    revocation.reason = "it leaks";
    return {sign_revocation(revocation, key).value()};
  }

  PrivateKey publisher_ = PrivateKey::generate().value();
  PrivateKey reviewer_ = PrivateKey::generate().value();
  PrivateKey stranger_ = PrivateKey::generate().value();
  std::string one_signature_;
  std::string two_signatures_;
  Policy policy_;
};

TEST_F(Withdrawal, HoldsWhenItsSignatureWasCutOff) {
  ASSERT_TRUE(verify(one_signature_, policy_, {}, std::nullopt, kNow));
  for (const std::string& bundle : {two_signatures_, one_signature_}) {
    const auto verified = verify(bundle, policy_, withdrawn_by(reviewer_), std::nullopt, kNow);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().code, Code::kWithdrawn);
  }
}

TEST_F(Withdrawal, HoldsWhenItsKeyIsRevokedToo) {
  policy_.revoked = {reviewer_.public_key()};
  const auto verified = verify(two_signatures_, policy_, withdrawn_by(reviewer_), std::nullopt, kNow);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, Code::kWithdrawn);
}

TEST_F(Withdrawal, IsOnlyForThoseWhoPinTheKey) {
  EXPECT_TRUE(verify(two_signatures_, policy_, withdrawn_by(stranger_), std::nullopt, kNow));
  const std::string three = add_signature(two_signatures_, stranger_).value();
  EXPECT_TRUE(verify(three, policy_, withdrawn_by(stranger_), std::nullopt, kNow));
}

}  // namespace
}  // namespace pilothouse::trust
