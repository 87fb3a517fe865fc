#pragma once

#include <re2/set.h>

#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "trust/audit/engine/values.h"
#include "trust/audit/rules/patterns.h"
#include "trust/audit/rules/rule.h"

namespace pilothouse::audit {

// The rules that a dotted path meets.
struct PathRules {
  std::vector<const Rule*> calls, reads, writes, decorators, bases;
};

// Rules by what they match. Made once for an audit; one thread.
class RuleIndex {
 public:
  explicit RuleIndex(const RuleSet& rules);

  // Looked up once for each path of one Values.
  const PathRules& of(const Values& values, PathId path);
  void forget_paths() { paths_.clear(); }
  bool matches(const std::string& pattern, std::string_view path);
  bool searches(const std::string& expression, const std::string& text);
  std::optional<std::string_view> first_match(const std::string& expression, std::string_view text);

  // The rule for a flow, the heaviest; none when no rule joins the two. `phase`: "", "import" or "install".
  const Rule* flow(const std::string& label, const std::string& category, std::string_view phase) const;
  std::vector<const Rule*> strings(std::string_view text) const;
  const std::vector<const Rule*>& measures() const { return measures_; }
  const Rule* caller() const { return caller_; }  // what parameters of functions are that anybody may call

 private:
  const RE2& compiled(const std::string& expression);
  struct Which {
    Patterns patterns;
    std::vector<const Rule*> rules;
    void add(const std::vector<std::string>& patterns, const Rule* rule);
    std::vector<const Rule*> match(std::string_view path) const;
  };
  Which calls_, reads_, writes_, decorators_, bases_;
  std::vector<const Rule*> flows_, measures_, string_rules_;
  std::unique_ptr<RE2::Set> strings_;
  std::unordered_map<const Rule*, std::vector<std::unique_ptr<RE2>>> unless_;
  const Rule* caller_ = nullptr;
  std::vector<std::unique_ptr<PathRules>> paths_;
  std::unordered_map<std::string, Patterns> single_;
  std::unordered_map<std::string, std::unique_ptr<RE2>> expressions_;
};

}  // namespace pilothouse::audit
