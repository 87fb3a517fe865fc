#include "store/sqlite/bundle_reports.h"

#include <gtest/gtest.h>

#include "base/temporary_directory.h"
#include "store/sqlite/sqlite_store.h"
#include "store/token.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;

constexpr base::Micros kNow = 1'769'904'000'000'000;

class BundleReports : public testing::Test {
 protected:
  BundleReports() {
    store_ = SqliteStore::open_writer(state_dir_.path()).value();
    workspace_ = store_->create_workspace({"default", hash_token("token")}, {}, kNow)->id;
    other_ = store_->create_workspace({"other", hash_token("another")}, {}, kNow)->id;
  }

  void publish(const std::string& version, std::int64_t workspace) {
    NewBundle bundle;
    bundle.name = bundle.skeleton = "guard";
    bundle.version = bundle.rank = version;
    bundle.kind = "worker";
    bundle.sha256 = "hash of " + version;
    bundle.publisher = "ed25519:ada";
    bundle.signers = {bundle.publisher};
    const std::string bytes = "bytes of " + version;
    bundle.bytes = bytes;
    ASSERT_TRUE(store_->publish_bundle({workspace, Author{"ada", 1}, kNow}, bundle).value());
  }

  static BundleReport report_on(const std::string& version, const std::string& rules) {
    BundleReport report;
    report.sha256 = "hash of " + version;
    report.rules = rules;
    report.risk = 90;
    report.malware = 60;
    report.obfuscated = 0;
    report.confidence = 95;
    report.report = "{\"of\":\"" + version + "\"}\n";
    report.made_us = kNow;
    return report;
  }

  std::string next(const std::string& rules = "rules") const {
    const auto found = store_->next_unaudited(rules).value();
    return found ? found->bytes : "";
  }

  std::vector<BundleView> listed(std::int64_t workspace) const {
    Query query;
    query.workspace = workspace;
    return store_->bundles(query)->items;
  }

  base::TemporaryDirectory state_dir_;
  std::unique_ptr<SqliteStore> store_;
  std::int64_t workspace_ = 0;
  std::int64_t other_ = 0;
};

TEST_F(BundleReports, AreMadeOnceForEachBundleAndRules) {
  EXPECT_EQ(next(), "");
  publish("1.0", workspace_);
  publish("1.1", workspace_);
  EXPECT_EQ(next(), "bytes of 1.1");
  ASSERT_TRUE(store_->keep_report(report_on("1.1", "rules")));
  EXPECT_EQ(next(), "bytes of 1.0");
  ASSERT_TRUE(store_->keep_report(report_on("1.0", "rules")));
  EXPECT_EQ(next(), "");
  EXPECT_EQ(next("newer rules"), "bytes of 1.1");
  publish("1.0", other_);
  EXPECT_EQ(next(), "");
}

TEST_F(BundleReports, StandBesideTheBundle) {
  publish("1.0", workspace_);
  EXPECT_FALSE(listed(workspace_).front().audit);
  EXPECT_EQ(store_->report(workspace_, "guard", "1.0").error().code, Errc::kNotFound);
  ASSERT_TRUE(store_->keep_report(report_on("1.0", "rules")));
  const auto audit = listed(workspace_).front().audit;
  ASSERT_TRUE(audit);
  EXPECT_EQ(audit->rules, "rules");
  EXPECT_EQ(audit->risk, 90);
  EXPECT_EQ(audit->malware, 60);
  EXPECT_EQ(audit->obfuscated, 0);
  EXPECT_EQ(audit->confidence, 95);
  EXPECT_EQ(audit->made_us, kNow);
  EXPECT_FALSE(audit->problem);
  EXPECT_EQ(store_->report(workspace_, "guard", "1.0").value(), "{\"of\":\"1.0\"}\n");
  EXPECT_EQ(store_->offer(workspace_, "guard")->versions.front().audit->risk, 90);
}

TEST_F(BundleReports, OfAnotherWorkspaceAreNotShown) {
  publish("1.0", workspace_);
  ASSERT_TRUE(store_->keep_report(report_on("1.0", "rules")));
  EXPECT_EQ(store_->report(other_, "guard", "1.0").error().code, Errc::kNotFound);
}

TEST_F(BundleReports, ByNewerRulesReplaceOlderOnes) {
  publish("1.0", workspace_);
  ASSERT_TRUE(store_->keep_report(report_on("1.0", "rules")));
  BundleReport newer = report_on("1.0", "newer rules");
  newer.risk = 10;
  ASSERT_TRUE(store_->keep_report(newer));
  EXPECT_EQ(listed(workspace_).front().audit->risk, 10);
  EXPECT_EQ(next("newer rules"), "");
}

TEST_F(BundleReports, MaySayWhyThereIsNone) {
  publish("1.0", workspace_);
  BundleReport none;
  none.sha256 = "hash of 1.0";
  none.rules = "rules";
  none.problem = "it is too much";
  ASSERT_TRUE(store_->keep_report(none));
  EXPECT_EQ(next(), "");
  EXPECT_EQ(listed(workspace_).front().audit->problem, "it is too much");
  EXPECT_FALSE(listed(workspace_).front().audit->risk);
  const auto report = store_->report(workspace_, "guard", "1.0");
  EXPECT_EQ(report.error().code, Errc::kNotFound);
  EXPECT_NE(report.error().message.find("it is too much"), std::string::npos);
}

}  // namespace
}  // namespace pilothouse::store::sqlite
