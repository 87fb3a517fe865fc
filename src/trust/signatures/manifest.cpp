#include "trust/signatures/manifest.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "base/json_parse.h"
#include "trust/signatures/names.h"

namespace pilothouse::trust {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 3> kKinds{"scheduler", "worker", "nanny"};
constexpr std::int64_t kLastMicros = 253'402'300'799'999'999;  // the year 9999

Refusal malformed(const std::string& what) {
  return refuse(Code::kMalformed, "the manifest is not one: " + what);
}

bool is_identifier(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !text.empty() && is_letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
  });
}

// Identifiers with `separator` between them.
bool is_dotted(std::string_view text, char separator) {
  while (true) {
    const std::size_t end = text.find(separator);
    if (!is_identifier(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool is_path(std::string_view path) {
  constexpr std::string_view kSuffix = ".py";
  return path.size() <= kMaxPath && path.ends_with(kSuffix) &&
         is_dotted(path.substr(0, path.size() - kSuffix.size()), '/');
}

// Takes members one by one; the first thing wrong stays in `wrong`.
class Members {
 public:
  Members(const json::value& value, std::initializer_list<std::string_view> names)
      : object_(value.if_object()) {
    if (object_ == nullptr) {
      wrong = "it is no JSON object";
      return;
    }
    for (const auto& member : *object_) {
      if (std::find(names.begin(), names.end(), member.key()) == names.end()) {
        wrong = in_quotes(member.key()) + " is no member of it";
        return;
      }
    }
  }

  std::string text(std::string_view name) {
    const json::value* value = take(name);
    if (value == nullptr) return {};
    if (!value->is_string()) return miss(name, "is no text"), std::string();
    return std::string(value->get_string());
  }

  std::int64_t number(std::string_view name, std::int64_t most) {
    const json::value* value = take(name);
    if (value == nullptr) return 0;
    if (!value->is_int64() || value->get_int64() < 0 || value->get_int64() > most) {
      return miss(name, "is no number from 0 to " + std::to_string(most)), 0;
    }
    return value->get_int64();
  }

  const json::array* array(std::string_view name) {
    const json::value* value = take(name);
    if (value != nullptr && !value->is_array()) miss(name, "is no array");
    return value == nullptr ? nullptr : value->if_array();
  }

  // Null when there is none of that name, which is not wrong.
  const json::value* maybe(std::string_view name) {
    return wrong.empty() ? object_->if_contains(name) : nullptr;
  }

  std::string wrong;

 private:
  const json::value* take(std::string_view name) {
    if (!wrong.empty()) return nullptr;
    const json::value* value = object_->if_contains(name);
    if (value == nullptr) miss(name, "is missing");
    return value;
  }

  void miss(std::string_view name, const std::string& why) {
    if (wrong.empty()) wrong = std::string(name) + " " + why;
  }

  const json::object* object_;
};

Checked<void> check_paths(const std::vector<FileEntry>& files) {
  std::set<std::string> modules;  // without ".py", in lower case: some file systems cannot tell case
  std::map<std::string, std::string> packages;  // directories, as they were first spelled
  for (const FileEntry& file : files) {
    if (!is_path(file.path)) {
      return refuse(Code::kBadPath,
                    "the path " + in_quotes(file.path) +
                        " is not allowed: only Python identifiers with / between them, and .py");
    }
    std::string module = file.path.substr(0, file.path.size() - 3);
    std::transform(module.begin(), module.end(), module.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    for (std::size_t slash = module.find('/'); slash != std::string::npos;
         slash = module.find('/', slash + 1)) {
      const std::string spelled = file.path.substr(0, slash);
      if (packages.emplace(module.substr(0, slash), spelled).first->second != spelled) {
        return refuse(Code::kBadPath, "two directories are called " + in_quotes(spelled) + ", but for case");
      }
    }
    if (!modules.insert(module).second) {
      return refuse(Code::kBadPath, "two files are called " + in_quotes(file.path) + ", but for case");
    }
  }
  for (const auto& [package, spelled] : packages) {
    if (modules.count(package) > 0) {
      return refuse(Code::kBadPath, in_quotes(spelled) + " is both a module and a package");
    }
  }
  return {};
}

Checked<void> check_entry(const Manifest& manifest) {
  const std::size_t colon = manifest.entry.find(':');
  const bool shaped = manifest.entry.size() <= kMaxEntry && colon != std::string::npos &&
                      is_dotted(std::string_view(manifest.entry).substr(0, colon), '.') &&
                      is_identifier(std::string_view(manifest.entry).substr(colon + 1));
  if (!shaped) {
    return refuse(Code::kBadEntry,
                  "the entry " + in_quotes(manifest.entry) + " is not of the form module:Class");
  }
  std::string module = manifest.entry.substr(0, colon);
  std::replace(module.begin(), module.end(), '.', '/');
  const bool there = std::any_of(manifest.files.begin(), manifest.files.end(), [&](const FileEntry& file) {
    return file.path == module + ".py" || file.path == module + "/__init__.py";
  });
  if (there) return {};
  return refuse(Code::kBadEntry,
                "the entry's module " + in_quotes(module + ".py") + " is not among the files");
}

Checked<AuditNote> read_audit(const json::value& value) {
  constexpr std::int64_t kMostRisk = 100;
  Members in(value, {"sha256", "rules", "risk"});
  AuditNote note;
  note.sha256 = in.text("sha256");
  note.rules = in.text("rules");
  note.risk = in.number("risk", kMostRisk);
  if (!in.wrong.empty()) return malformed("of its audit, " + in.wrong);
  return note;
}

bool admits(const std::string& range, std::string_view version) {
  const auto parsed = VersionRange::parse(range);
  const auto release = Version::release_of(version);
  return parsed && release && parsed->contains(*release);
}

}  // namespace

Checked<Manifest> Manifest::parse(std::string_view text) {
  if (text.size() > kMaxManifest) return refuse(Code::kTooLarge, "the manifest is over 64 KiB");
  const auto value = base::parse_json(text);
  if (!value) return malformed(value.error().message);
  Members in(*value, {"name", "version", "kind", "entry", "python", "distributed", "publisher", "created_us",
                      "expires_us", "audit", "files"});
  Manifest manifest;
  manifest.name = in.text("name");
  manifest.version = in.text("version");
  manifest.kind = in.text("kind");
  manifest.entry = in.text("entry");
  manifest.python = in.text("python");
  manifest.distributed = in.text("distributed");
  const std::string publisher = in.text("publisher");
  manifest.created_us = in.number("created_us", kLastMicros);
  manifest.expires_us = in.number("expires_us", kLastMicros);
  const json::value* const audit = in.maybe("audit");
  const json::array* files = in.array("files");
  if (!in.wrong.empty()) return malformed(in.wrong);
  const auto key = PublicKey::parse(publisher);
  if (!key) return malformed("publisher is " + key.error().message);
  manifest.publisher = *key;
  if (audit != nullptr) {
    auto note = read_audit(*audit);
    if (!note) return note.error();
    manifest.audit = std::move(*note);
  }
  for (const json::value& item : *files) {
    Members file(item, {"path", "size", "sha256"});
    FileEntry entry;
    entry.path = file.text("path");
    entry.size =
        static_cast<std::uint64_t>(file.number("size", static_cast<std::int64_t>(kLargestMaxBundle)));
    entry.sha256 = file.text("sha256");
    if (!file.wrong.empty()) return malformed("of a file, " + file.wrong);
    manifest.files.push_back(std::move(entry));
  }
  if (const auto fine = manifest.check(); !fine) return fine.error();
  return manifest;
}

Checked<void> Manifest::check() const {
  if (!is_plugin_name(name)) return malformed(std::string(kPluginNameRule) + ", not " + in_quotes(name));
  if (const auto read = Version::parse(version); !read) return malformed(read.error().message);
  if (std::find(kKinds.begin(), kKinds.end(), kind) == kKinds.end()) {
    return malformed("kind is " + in_quotes(kind) + ", not scheduler, worker or nanny");
  }
  if (const auto read = VersionRange::parse(python); !read)
    return malformed("python: " + read.error().message);
  if (const auto read = VersionRange::parse(distributed); !read) {
    return malformed("distributed: " + read.error().message);
  }
  if (expires_us <= created_us) return malformed("it expires before it is made");
  if (audit && !is_sha256(audit->sha256)) return malformed("sha256 of its audit is no SHA-256");
  if (audit && !is_sha256(audit->rules)) return malformed("rules of its audit is no SHA-256");
  if (files.empty()) return malformed("it has no files");
  if (files.size() > kMaxFiles) {
    return refuse(Code::kTooLarge, "it has over " + std::to_string(kMaxFiles) + " files");
  }
  for (const FileEntry& file : files) {
    if (!is_sha256(file.sha256)) return malformed("sha256 of " + in_quotes(file.path) + " is no SHA-256");
  }
  if (const auto fine = check_paths(files); !fine) return fine.error();
  return check_entry(*this);
}

std::string Manifest::to_json() const {
  json::array list;
  for (const FileEntry& file : files) {
    list.push_back(json::object{{"path", file.path}, {"size", file.size}, {"sha256", file.sha256}});
  }
  json::object all{{"name", name},
                   {"version", version},
                   {"kind", kind},
                   {"entry", entry},
                   {"python", python},
                   {"distributed", distributed},
                   {"publisher", publisher.to_string()},
                   {"created_us", created_us},
                   {"expires_us", expires_us}};
  if (audit) {
    all.emplace("audit",
                json::object{{"sha256", audit->sha256}, {"rules", audit->rules}, {"risk", audit->risk}});
  }
  all.emplace("files", std::move(list));
  return json::serialize(all);
}

bool Manifest::admits_python(std::string_view wanted) const { return admits(python, wanted); }
bool Manifest::admits_distributed(std::string_view wanted) const { return admits(distributed, wanted); }

bool is_sha256(std::string_view text) {
  return text.size() == std::size_t{2} * SHA256_DIGEST_LENGTH &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string sha256_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string text;
  for (const unsigned char byte : digest) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

}  // namespace pilothouse::trust
