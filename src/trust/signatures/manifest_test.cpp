#include "trust/signatures/manifest.h"

#include "trust/signatures/test_bundles.h"

namespace pilothouse::trust {
namespace {

namespace json = boost::json;

Manifest good() {
  Manifest manifest = manifest_of(key('a'));
  for (const auto& [path, bytes] : files()) manifest.files.push_back({path, bytes.size(), sha256_hex(bytes)});
  return manifest;
}

Code code_of(const std::string& text) {
  const auto parsed = Manifest::parse(text);
  EXPECT_FALSE(parsed) << text;
  return parsed ? Code::kRollback : parsed.error().code;
}

Code code_of(const json::object& object) { return code_of(json::serialize(object)); }

// What is said of files with these paths, the first of which the entry needs.
std::optional<Code> with_paths(const std::vector<std::string>& paths,
                               const std::string& entry = "watch:Watch") {
  Manifest manifest = good();
  manifest.entry = entry;
  manifest.files.clear();
  for (const std::string& path : paths) manifest.files.push_back({path, 0, sha256_hex("")});
  const auto parsed = Manifest::parse(manifest.to_json());
  return parsed ? std::nullopt : std::optional(parsed.error().code);
}

TEST(Manifest, IsReadAsItWasWritten) {
  const Manifest manifest = good();
  const auto again = Manifest::parse(manifest.to_json());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->to_json(), manifest.to_json());
  EXPECT_EQ(again->publisher, key('a').public_key());
  EXPECT_EQ(again->files[1].path, "watch.py");
}

TEST(Manifest, HasAllItsMembersOfTheirTypes) {
  for (const auto& member : object_of(good())) {
    json::object missing = object_of(good());
    missing.erase(member.key());
    EXPECT_EQ(code_of(missing), Code::kMalformed) << member.key();
    for (const json::value& wrong : {json::value(nullptr), json::value(true), json::value(1.5),
                                     json::value(-1), json::value(json::object())}) {
      json::object changed = object_of(good());
      changed[member.key()] = wrong;
      EXPECT_EQ(code_of(changed), Code::kMalformed) << member.key();
    }
  }
}

TEST(Manifest, OfAFileHasAllItsMembersOfTheirTypes) {
  for (const std::string name : {"path", "size", "sha256"}) {
    json::object missing = object_of(good());
    missing["files"].as_array()[1].as_object().erase(name);
    EXPECT_EQ(code_of(missing), Code::kMalformed) << name;
    json::object changed = object_of(good());
    changed["files"].as_array()[1].as_object()[name] = nullptr;
    EXPECT_EQ(code_of(changed), Code::kMalformed) << name;
  }
  json::object changed = object_of(good());
  changed["files"].as_array()[0] = "watch.py";
  EXPECT_EQ(code_of(changed), Code::kMalformed);
}

TEST(Manifest, MaySayWhatTheAuditorFound) {
  Manifest manifest = good();
  manifest.audit = AuditNote{sha256_hex("report"), sha256_hex("rules"), 100};
  const auto again = Manifest::parse(manifest.to_json());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->audit, manifest.audit);
  EXPECT_EQ(again->to_json(), manifest.to_json());
  EXPECT_FALSE(Manifest::parse(good().to_json())->audit);

  const auto with = [&](const std::string& name, const json::value& value) {
    json::object changed = object_of(manifest);
    changed["audit"].as_object()[name] = value;
    return code_of(changed);
  };
  for (const std::string name : {"sha256", "rules", "risk"}) {
    json::object missing = object_of(manifest);
    missing["audit"].as_object().erase(name);
    EXPECT_EQ(code_of(missing), Code::kMalformed) << name;
    EXPECT_EQ(with(name, nullptr), Code::kMalformed) << name;
    EXPECT_EQ(with(name, "0"), Code::kMalformed) << name;
  }
  for (const json::value& wrong : {json::value(-1), json::value(101), json::value(0.5)}) {
    EXPECT_EQ(with("risk", wrong), Code::kMalformed);
  }
  EXPECT_EQ(with("surplus", 1), Code::kMalformed);
  for (const json::value& wrong : {json::value(nullptr), json::value(json::array()), json::value("0.5")}) {
    json::object changed = object_of(manifest);
    changed["audit"] = wrong;
    EXPECT_EQ(code_of(changed), Code::kMalformed);
  }
}

TEST(Manifest, HasNoOtherMembers) {
  json::object more = object_of(good());
  more["links"] = json::array();
  EXPECT_EQ(code_of(more), Code::kMalformed);
  more = object_of(good());
  more["files"].as_array()[0].as_object()["mode"] = 0755;
  EXPECT_EQ(code_of(more), Code::kMalformed);
}

TEST(Manifest, NamesNoMemberTwiceAtAnyLevel) {
  const std::string text = good().to_json();
  for (const auto& member : object_of(good())) {
    const std::string twice = json::serialize(json::object{{member.key(), member.value()}});
    EXPECT_EQ(code_of(twice.substr(0, twice.size() - 1) + "," + text.substr(1)), Code::kMalformed)
        << member.key();
  }
  for (const std::string member : {R"("path":"watch.py",)", R"("size":0,)", R"("sha256":"",)"}) {
    std::string damaged = text;
    damaged.insert(text.find("\"files\":[{") + 10, member);
    EXPECT_EQ(code_of(damaged), Code::kMalformed) << member;
  }
  // Two spellings of one name.
  std::string escaped = text;
  escaped.insert(1, R"("n\u0061me":"night-watch",)");
  EXPECT_EQ(code_of(escaped), Code::kMalformed);
}

TEST(Manifest, IsOneJsonObject) {
  const std::string text = good().to_json();
  for (const std::string& other : {std::string(), std::string("[]"), std::string("null"), text + text,
                                   text.substr(0, text.size() - 1), text + '\0', "\xef\xbb\xbf" + text}) {
    EXPECT_EQ(code_of(other), Code::kMalformed);
  }
  EXPECT_EQ(code_of(std::string(kMaxManifest + 1, ' ')), Code::kTooLarge);
}

TEST(Manifest, HasSoundValues) {
  const auto with = [](std::string_view name, const json::value& value) {
    json::object changed = object_of(good());
    changed[name] = value;
    return code_of(changed);
  };
  EXPECT_EQ(with("name", "Night-Watch"), Code::kMalformed);
  EXPECT_EQ(with("version", "1.2rc1"), Code::kMalformed);
  EXPECT_EQ(with("kind", "client"), Code::kMalformed);
  EXPECT_EQ(with("python", ""), Code::kMalformed);
  EXPECT_EQ(with("distributed", ">=x"), Code::kMalformed);
  EXPECT_EQ(with("publisher", json::string("ed25519:" + std::string(43, 'A'))), Code::kMalformed);
  EXPECT_EQ(with("created_us", kExpires), Code::kMalformed);
  EXPECT_EQ(with("expires_us", 253'402'300'800'000'000), Code::kMalformed);
  EXPECT_EQ(with("expires_us", 18'446'744'073'709'551'615U), Code::kMalformed);
  EXPECT_EQ(with("files", json::array()), Code::kMalformed);
}

TEST(Manifest, HasSoundHashesAndSizes) {
  const auto with = [](std::string_view name, const json::value& value) {
    json::object changed = object_of(good());
    changed["files"].as_array()[0].as_object()[name] = value;
    return code_of(changed);
  };
  EXPECT_EQ(with("sha256", json::string(63, 'a')), Code::kMalformed);
  EXPECT_EQ(with("sha256", json::string(64, 'A')), Code::kMalformed);
  EXPECT_EQ(with("size", -1), Code::kMalformed);
  EXPECT_EQ(with("size", kLargestMaxBundle + 1), Code::kMalformed);
  EXPECT_EQ(with("size", 18'446'744'073'709'551'615U), Code::kMalformed);
}

TEST(Manifest, TakesPathsOfModulesOnly) {
  EXPECT_EQ(with_paths({"watch.py", "a/b/c_1.py", "_x/__init__.py"}), std::nullopt);
  for (const std::string& path : {std::string(),
                                  std::string(".py"),
                                  std::string("../watch.py"),
                                  std::string("a/../b.py"),
                                  std::string("./b.py"),
                                  std::string("/b.py"),
                                  std::string("a//b.py"),
                                  std::string("a/.py"),
                                  std::string("a\\b.py"),
                                  std::string("C:b.py"),
                                  std::string("b\0.py", 5),
                                  std::string("b.py\0", 5),
                                  std::string("b.py\n"),
                                  std::string("gr\xc3\xb6\xc3\x9f"
                                              "e.py"),
                                  std::string("b\xe2\x80\xae.py"),
                                  std::string(".b.py"),
                                  std::string("a/.b.py"),
                                  std::string("b.pyc"),
                                  std::string("b.PY"),
                                  std::string("b"),
                                  std::string("b.py/"),
                                  std::string("a.py/b.py"),
                                  std::string("a.b.py"),
                                  std::string("1b.py"),
                                  std::string("b-c.py"),
                                  std::string("b c.py"),
                                  std::string("~/b.py"),
                                  std::string(253, 'b') + ".py"}) {
    EXPECT_EQ(with_paths({"watch.py", path}), Code::kBadPath) << path;
  }
  EXPECT_EQ(with_paths({"watch.py", std::string(252, 'b') + ".py"}), std::nullopt);
}

TEST(Manifest, TakesNoTwins) {
  EXPECT_EQ(with_paths({"watch.py", "watch.py"}), Code::kBadPath);
  EXPECT_EQ(with_paths({"watch.py", "Watch.py"}), Code::kBadPath);
  EXPECT_EQ(with_paths({"watch.py", "watch/lamp.py"}), Code::kBadPath);
  EXPECT_EQ(with_paths({"watch.py", "watch/__init__.py"}), Code::kBadPath);
  EXPECT_EQ(with_paths({"watch.py", "WATCH/lamp.py"}), Code::kBadPath);
  EXPECT_EQ(with_paths({"watch.py", "a/b.py", "a/b/c/d.py"}), Code::kBadPath);
  // One directory where case does not count.
  EXPECT_EQ(with_paths({"watch.py", "lamps/a.py", "Lamps/b.py"}), Code::kBadPath);
  EXPECT_EQ(with_paths({"watch.py", "a/lamps/a.py", "a/Lamps/b.py"}), Code::kBadPath);
  EXPECT_EQ(with_paths({"watch.py", "lamps/a.py", "lamps/b.py", "a/lamps/b.py"}), std::nullopt);
}

TEST(Manifest, CountsFiles) {
  std::vector<std::string> paths{"watch.py"};
  while (paths.size() < kMaxFiles) paths.push_back("m" + std::to_string(paths.size()) + ".py");
  EXPECT_EQ(with_paths(paths), std::nullopt);
  paths.emplace_back("more.py");
  EXPECT_EQ(with_paths(paths), Code::kTooLarge);
}

TEST(Manifest, NamesAnEntryThatIsThere) {
  for (const std::string entry : {"watch:Watch", "a.b:C", "pkg:C", "pkg.sub:C"}) {
    EXPECT_EQ(with_paths({"watch.py", "a/b.py", "pkg/__init__.py", "pkg/sub.py"}, entry), std::nullopt)
        << entry;
  }
  for (const std::string& entry :
       {std::string(), std::string(":"), std::string("watch"), std::string("watch:"), std::string(":Watch"),
        std::string("other:Watch"), std::string("a:C"), std::string("Watch:Watch"), std::string("os:system"),
        std::string("watch:Watch.x"), std::string("watch:Watch()"), std::string("watch:a:b"),
        std::string("a/b:C"), std::string(".watch:C"), std::string("watch.:C"), std::string("watch.py:C"),
        std::string("watch :C"), "watch:" + std::string(kMaxEntry, 'C')}) {
    EXPECT_EQ(with_paths({"watch.py", "a/b.py"}, entry), Code::kBadEntry) << entry;
  }
}

TEST(Manifest, AdmitsReleases) {
  Manifest manifest = good();
  manifest.python = ">=3.9,<3.14";
  manifest.distributed = ">=2024.1";
  EXPECT_TRUE(manifest.admits_python("3.13.1"));
  EXPECT_FALSE(manifest.admits_python("3.14.0rc1"));
  EXPECT_FALSE(manifest.admits_python("snake"));
  EXPECT_TRUE(manifest.admits_distributed("2026.8.0+12.g0123"));
  EXPECT_FALSE(manifest.admits_distributed("2023.12.1"));
}

}  // namespace
}  // namespace pilothouse::trust
