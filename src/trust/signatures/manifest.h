#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "trust/signatures/key.h"
#include "trust/signatures/refusal.h"
#include "trust/signatures/version.h"

namespace pilothouse::trust {

struct FileEntry {
  std::string path;  // "a/b.py": identifiers with slashes between them
  std::uint64_t size = 0;
  std::string sha256;  // of the file, 64 lower-case hexadecimal digits
};

// What the auditor said of the files when the first key signed, so that it can be repeated.
struct AuditNote {
  std::string sha256;     // of the report
  std::string rules;      // the digest of the rules that it was made by
  std::int64_t risk = 0;  // the security risk in hundredths, 0 to 100

  bool operator==(const AuditNote&) const = default;
};

// What publishers sign beside the files.
struct Manifest {
  std::string name;
  std::string version;
  std::string kind;   // scheduler, worker or nanny
  std::string entry;  // "module:Class"
  std::string python = ">=3.9";
  std::string distributed = ">=2022.12";
  PublicKey publisher;
  base::Micros created_us = 0;
  base::Micros expires_us = 0;
  std::optional<AuditNote> audit;  // none: it was not audited
  std::vector<FileEntry> files;

  // From the bytes of a bundle, every member checked and none unknown, named twice, or missing but
  // `audit`.
  static Checked<Manifest> parse(std::string_view json);
  std::string to_json() const;

  // All that can be wrong with the contents themselves; parse() has checked it.
  Checked<void> check() const;

  bool admits_python(std::string_view wanted) const;
  bool admits_distributed(std::string_view wanted) const;
};

// By path.
using Files = std::map<std::string, std::string, std::less<>>;

// SHA-256 as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

// Whether a text is what sha256_hex() gives.
bool is_sha256(std::string_view text);

}  // namespace pilothouse::trust
