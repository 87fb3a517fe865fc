#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "base/files.h"
#include "trust/audit/rules/builtin.h"
#include "trust/audit/rules/parse.h"
#include "trust/audit/rules/rules.h"
#include "trust/signatures/manifest.h"

namespace pilothouse::audit {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::error;

constexpr std::size_t kMaxFile = 1U << 20;

// Rules by id, and what the digest is made of.
class Loader {
 public:
  base::Result<void> add(std::string_view file, std::string_view text) {
    auto family = parse_family(file, text);
    if (!family) return family.error();
    for (Rule& rule : family->rules) {
      std::string id = rule.id;
      rules_[std::move(id)] = std::make_shared<const Rule>(std::move(rule));
    }
    families_[family->name] = std::move(family->about);
    digested_ += trust::sha256_hex(text) + "  " + std::string(file) + "\n";
    return {};
  }

  RuleSet take() {
    RuleSet set;
    for (auto& [id, rule] : rules_) set.rules.push_back(std::move(rule));
    set.families = std::move(families_);
    set.digest = trust::sha256_hex(digested_);
    return set;
  }

 private:
  std::map<std::string, std::shared_ptr<const Rule>> rules_;
  std::map<std::string, std::string> families_;
  std::string digested_ = "engine " + std::string(engine_digest()) + "\n";
};

base::Result<std::vector<fs::path>> rule_files_in(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator entry(directory, failed), end; !failed && entry != end; entry.increment(failed))
    if (entry->path().extension() == ".yaml") files.push_back(entry->path());
  if (failed) return error(Errc::kNotFound, "cannot list " + directory.string() + ": " + failed.message());
  if (files.empty()) return error(Errc::kNotFound, directory.string() + " holds no rule files (*.yaml)");
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

base::Result<RuleSet> load_rules(const std::optional<fs::path>& more) {
  Loader loader;
  for (const RuleFile& file : builtin_rule_files()) {
    const auto added = loader.add(file.name, file.text);
    if (!added) return added.error();
  }
  if (more) {
    const auto files = rule_files_in(*more);
    if (!files) return files.error();
    for (const fs::path& path : *files) {
      const auto text = base::read_file(path, kMaxFile);
      if (!text) return text.error();
      const auto added = loader.add(path.filename().string(), *text);
      if (!added) return added.error();
    }
  }
  return loader.take();
}

const Rule* RuleSet::find(std::string_view id) const {
  const auto found =
      std::lower_bound(rules.begin(), rules.end(), id,
                       [](const auto& rule, std::string_view wanted) { return rule->id < wanted; });
  return found != rules.end() && (*found)->id == id ? found->get() : nullptr;
}

}  // namespace pilothouse::audit
