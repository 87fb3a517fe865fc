#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "trust/audit/rules/rule.h"

namespace pilothouse::audit {

// A rule file, read.
struct Family {
  std::string name;  // the file's name without ".yaml"
  std::string about;
  std::vector<Rule> rules;  // in the order of the file; no id comes twice
};

// `file` is the name of the file, "network.yaml". Every mistake is an error like
// "network.yaml:12: rule network.requests: ..." that says what is allowed instead.
base::Result<Family> parse_family(std::string_view file, std::string_view text);

}  // namespace pilothouse::audit
