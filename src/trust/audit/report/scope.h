#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trust/audit/analysis.h"
#include "trust/audit/report/facts.h"

namespace pilothouse::audit {

// What sentences are made of while a report is: one module, or all of them.
class Scope {
 public:
  // `counting` are the findings that count, without facts and what was accepted; `which` are its modules, at
  // least one, unless there are none at all.
  Scope(const Analysis& analysis, FactBook& facts, const RuleSet& rules, std::vector<std::uint32_t> which,
        std::vector<std::uint32_t> counting)
      : modules(std::move(which)),
        findings(std::move(counting)),
        analysis_(analysis),
        facts_(facts),
        rules_(rules) {}

  const std::vector<std::uint32_t> modules;
  const std::vector<std::uint32_t> findings;

  const Analysis& analysis() const { return analysis_; }
  const RuleSet& rules() const { return rules_; }
  const Finding& finding(std::uint32_t index) const { return analysis_.findings[index]; }
  const Module& module(std::uint32_t index) const { return analysis_.modules[index]; }
  bool single() const { return modules.size() == 1; }

  // Of a flow: where it begins and ends.
  const Finding* source_of(const Finding& flow) const;
  const Finding* sink_of(const Finding& flow) const;
  std::string_view label_of(const Finding& flow) const;
  std::string_view category_of(const Finding& flow) const;

  // "line 12", and with several modules "pkg/a.py, line 12".
  std::string line_of(const Place& place) const;
  // "`register` (line 12)" or "line 12".
  std::string where(const Finding& finding) const;
  // Of many, at most `most`, those in one function together: "`register` (lines 12 and 15) and line 40".
  std::string where(const std::vector<std::uint32_t>& some, std::size_t most) const;
  // The functions that findings are in, quoted, none twice; the top level is "the top level".
  std::string functions(const std::vector<std::uint32_t>& some, std::size_t most) const;
  // Of the whole of what is looked at: what "nothing was found" rests on.
  std::vector<std::uint32_t> all_that_was_read();

  std::uint32_t add(Fact fact, std::uint32_t file, std::uint32_t line, std::string message,
                    std::string name = {});

 private:
  const Analysis& analysis_;
  FactBook& facts_;
  const RuleSet& rules_;
};

}  // namespace pilothouse::audit
