#include "store/sqlite/bundles.h"

#include <gtest/gtest.h>

#include "base/temporary_directory.h"
#include "store/sqlite/sqlite_store.h"
#include "store/token.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;

constexpr base::Micros kNow = 1'769'904'000'000'000;
const std::string kAda = "ed25519:ada";
const std::string kBob = "ed25519:bob";

class BundlesTest : public testing::Test {
 protected:
  BundlesTest() {
    store_ = SqliteStore::open_writer(state_dir_.path()).value();
    workspace_ = store_->create_workspace({"default", hash_token("token")}, {}, kNow)->id;
    other_ = store_->create_workspace({"other", hash_token("another")}, {}, kNow)->id;
  }

  static NewBundle guard(const std::string& version = "1.0") {
    NewBundle bundle;
    bundle.name = "guard";
    bundle.skeleton = "guard";
    bundle.version = version;
    bundle.rank = version;
    bundle.kind = "worker";
    bundle.sha256 = "hash of " + version;
    bundle.publisher = kAda;
    bundle.signers = {kAda};
    bundle.expires_us = kNow + 1;
    bundle.bytes = "bytes";
    return bundle;
  }

  base::Result<bool> publish(const NewBundle& bundle) {
    return store_->publish_bundle({workspace_, Author{"ada", 1}, ++now_}, bundle);
  }

  base::Result<bool> revoke(const std::string& key, std::optional<std::string> sha256 = {}) {
    return store_->publish_revocation({workspace_, Author{"ada", 1}, ++now_},
                                      {key, sha256, "lost", kNow, "says " + key});
  }

  Query query() const {
    Query query;
    query.workspace = workspace_;
    return query;
  }

  base::TemporaryDirectory state_dir_;
  std::unique_ptr<SqliteStore> store_;
  std::int64_t workspace_ = 0;
  std::int64_t other_ = 0;
  base::Micros now_ = kNow;
};

TEST_F(BundlesTest, WhatWasPublishedIsOfferedAsItWas) {
  EXPECT_TRUE(publish(guard()).value());
  EXPECT_FALSE(publish(guard()).value());
  EXPECT_EQ(store_->bundle(workspace_, "guard", "1.0").value(), "bytes");
  const Offer offer = store_->offer(workspace_, "guard").value();
  ASSERT_EQ(offer.versions.size(), 1U);
  EXPECT_EQ(offer.versions[0].sha256, "hash of 1.0");
  EXPECT_EQ(offer.versions[0].size, 5);
  EXPECT_EQ(offer.versions[0].signers_json, R"(["ed25519:ada"])");
  EXPECT_EQ(offer.versions[0].published_by, "ada");
  EXPECT_FALSE(offer.versions[0].revoked);
}

TEST_F(BundlesTest, VersionsOnlyGoUpAndAreNeverReplaced) {
  publish(guard("1.1")).value();
  NewBundle other = guard("1.1");
  other.sha256 = "other";
  EXPECT_EQ(publish(other).error().code, Errc::kConflict);
  EXPECT_EQ(publish(guard("1.0")).error().code, Errc::kConflict);
  EXPECT_TRUE(publish(guard("1.2")).value());
  EXPECT_EQ(store_->offer(workspace_, "guard")->versions[0].version, "1.2");
}

TEST_F(BundlesTest, ANameThatLooksLikeAnotherIsRefused) {
  publish(guard()).value();
  NewBundle alike = guard();
  alike.name = "guard-";
  EXPECT_EQ(publish(alike).error().code, Errc::kConflict);
}

TEST_F(BundlesTest, SignaturesMayBeAddedButNotTakenAway) {
  publish(guard()).value();
  NewBundle both = guard();
  both.signers = {kAda, kBob};
  both.bytes = "bytes with both";
  EXPECT_TRUE(publish(both).value());
  EXPECT_EQ(store_->bundle(workspace_, "guard", "1.0").value(), "bytes with both");
  EXPECT_EQ(publish(guard()).error().code, Errc::kConflict);
}

TEST_F(BundlesTest, RevocationsComeWithTheOffer) {
  NewBundle both = guard();
  both.signers = {kAda, kBob};
  publish(both).value();
  revoke("ed25519:stranger").value();
  EXPECT_TRUE(store_->offer(workspace_, "guard")->statements.empty());
  EXPECT_TRUE(revoke(kBob, "hash of another").value());
  EXPECT_FALSE(store_->offer(workspace_, "guard")->versions[0].revoked);
  EXPECT_TRUE(revoke(kBob).value());
  EXPECT_FALSE(revoke(kBob).value());
  const Offer offer = store_->offer(workspace_, "guard").value();
  EXPECT_EQ(offer.statements, (std::vector<std::string>{"says " + kBob, "says " + kBob}));
  ASSERT_TRUE(offer.versions[0].revoked);
  EXPECT_EQ(offer.versions[0].revoked->key, kBob);
  EXPECT_EQ(offer.versions[0].revoked->reason, "lost");
  EXPECT_EQ(store_->bundles(query())->items[0].revoked->key, kBob);
}

TEST_F(BundlesTest, EachWorkspaceHasItsOwn) {
  publish(guard()).value();
  EXPECT_EQ(store_->offer(other_, "guard").error().code, Errc::kNotFound);
  EXPECT_EQ(store_->bundle(other_, "guard", "1.0").error().code, Errc::kNotFound);
  Query query;
  query.workspace = other_;
  EXPECT_TRUE(store_->bundles(query)->items.empty());
}

TEST_F(BundlesTest, ThereIsAnEndToWhatAWorkspaceOffers) {
  for (std::int64_t i = 0; i < kMaxBundles; ++i) {
    NewBundle bundle = guard();
    bundle.name = bundle.skeleton = "guard" + std::to_string(i);
    publish(bundle).value();
  }
  EXPECT_EQ(publish(guard()).error().code, Errc::kTooLarge);
  for (std::int64_t i = 0; i < kMaxRevocations; ++i) revoke("key " + std::to_string(i)).value();
  EXPECT_EQ(revoke(kAda).error().code, Errc::kTooLarge);
}

TEST_F(BundlesTest, PagesOfTheListing) {
  for (const char* version : {"1.0", "1.1", "1.2"}) publish(guard(version)).value();
  Query two = query();
  two.limit = 2;
  const auto first = store_->bundles(two).value();
  EXPECT_EQ(first.items[0].version, "1.2");
  two.cursor = first.next;
  const auto second = store_->bundles(two).value();
  ASSERT_EQ(second.items.size(), 1U);
  EXPECT_EQ(second.items[0].version, "1.0");
  EXPECT_FALSE(second.next);
  two.text = "sextant";
  two.cursor.reset();
  EXPECT_TRUE(store_->bundles(two)->items.empty());
}

}  // namespace
}  // namespace pilothouse::store::sqlite
