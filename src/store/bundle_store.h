#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "store/doors.h"
#include "store/record_store.h"

namespace pilothouse::store {

// What one workspace may offer. Whoever may publish can use no more of the disk than that.
inline constexpr std::int64_t kMaxBundles = 1000;
inline constexpr std::int64_t kMaxRevocations = 1000;

// A bundle as somebody publishes it, found to be well-formed and rightly signed by somebody.
struct NewBundle {
  std::string name;
  std::string skeleton;  // the same for names that look alike
  std::string version;
  std::string rank;  // orders versions as bytes
  std::string kind;
  std::string sha256;
  std::string publisher;
  std::vector<std::string> signers;
  base::Micros expires_us = 0;
  std::string_view bytes;  // the caller's
};

// A statement that a key, or one bundle that it signed, is not to be trusted any more.
struct NewRevocation {
  std::string key;
  std::optional<std::string> sha256;  // of the bundle; none: the key itself
  std::string reason;
  base::Micros time_us = 0;
  std::string_view statement;  // the caller's
};

struct Publication {
  std::int64_t workspace = 0;
  Author by;  // for the audit log too
  base::Micros now = 0;
};

struct Revoked {
  std::string key;
  std::string reason;
  base::Micros time_us = 0;
};

// Longer reports are not kept.
inline constexpr std::size_t kMaxReport = 2U << 20;

// What the auditor says of a bundle, by the rules with that digest. Scores are in hundredths. Without a
// report there is a problem.
struct BundleReport {
  std::string sha256;  // of the bundle
  std::string rules;
  std::optional<std::string> problem;  // why there is no report, or not all of it
  std::optional<std::int64_t> risk;
  std::optional<std::int64_t> malware;
  std::optional<std::int64_t> obfuscated;
  std::optional<std::int64_t> confidence;
  std::optional<std::string> report;  // JSON; none in a BundleView
  base::Micros made_us = 0;
};

// A bundle that waits for the auditor.
struct Unaudited {
  std::string sha256;
  std::string name;
  std::string bytes;
};

struct BundleView {
  std::int64_t id = 0;
  std::string name;
  std::string version;
  std::string kind;
  std::string sha256;
  std::int64_t size = 0;
  std::string publisher;
  std::string signers_json;
  base::Micros expires_us = 0;
  base::Micros published_us = 0;
  std::string published_by;
  std::optional<Revoked> revoked;  // the bundle, or a key that signed it
  std::optional<BundleReport> audit;
};

struct Offer {
  std::vector<BundleView> versions;     // newest version first
  std::vector<std::string> statements;  // of the keys that signed them
};

// Signed plugins: kept and offered as they came. What is kept is no reason to trust it: every client decides
// by the keys that it has pinned. Each object belongs to one thread at a time; kStorage when the database
// refuses.
class BundleStore {
 public:
  virtual ~BundleStore() = default;

  // True when it is new, false when the very same was there. kConflict when there is another of that version,
  // a newer version, or a name that looks like this one; kTooLarge when the workspace offers too many.
  virtual base::Result<bool> publish_bundle(const Publication& publication, const NewBundle& bundle) = 0;

  // True when it is new.
  virtual base::Result<bool> publish_revocation(const Publication& publication,
                                                const NewRevocation& revocation) = 0;

  // Published last first.
  virtual base::Result<Page<BundleView>> bundles(const Query& query) = 0;

  // kNotFound when there is none of that name.
  virtual base::Result<Offer> offer(std::int64_t workspace, std::string_view name) = 0;

  // The bytes that were published, with signatures added later.
  virtual base::Result<std::string> bundle(std::int64_t workspace, std::string_view name,
                                           std::string_view version) = 0;

  // Of any workspace, the last published first: one without a report by these rules. None when all have one.
  virtual base::Result<std::optional<Unaudited>> next_unaudited(std::string_view rules) = 0;

  // In place of an older one.
  virtual base::Result<void> keep_report(const BundleReport& report) = 0;

  // The report's JSON. kNotFound when there is no such bundle, or no report on it.
  virtual base::Result<std::string> report(std::int64_t workspace, std::string_view name,
                                           std::string_view version) = 0;
};

}  // namespace pilothouse::store
