#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pilothouse::audit {

struct YamlEntry;

// A YAML document, with the line of each part.
struct YamlNode {
  enum class Kind { kNull, kText, kList, kMap };

  Kind kind = Kind::kNull;
  int line = 1;
  std::string text;  // of a scalar, as it is written; whether it was quoted is not kept
  std::vector<YamlNode> items;
  std::vector<YamlEntry> entries;  // in the order of the file
};

struct YamlEntry {
  YamlNode key, value;
};

// One document. Anchors, aliases and deep nesting are errors, for files may come from anybody; so are keys
// that are no text and keys that come twice. `name` is the file's, for messages that begin like
// "network.yaml:12: ".
base::Result<YamlNode> read_yaml(std::string_view name, std::string_view text);

}  // namespace pilothouse::audit
