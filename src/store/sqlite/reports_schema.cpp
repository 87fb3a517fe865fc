#include "store/sqlite/reports_schema.h"

namespace pilothouse::store::sqlite {
namespace {

// By the hash of what was signed: whoever publishes the same bundle elsewhere finds the same report. A report
// by older rules is replaced.
constexpr const char* kTables = R"sql(
CREATE TABLE bundle_reports (
  sha256 TEXT PRIMARY KEY,
  rules TEXT NOT NULL,
  problem TEXT,
  risk INTEGER,
  malware INTEGER,
  obfuscated INTEGER,
  confidence INTEGER,
  made_us INTEGER NOT NULL,
  report TEXT
) STRICT;
)sql";

}  // namespace

std::string reports_schema() { return kTables; }

}  // namespace pilothouse::store::sqlite
