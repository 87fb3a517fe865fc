#include "trust/audit/rules/parse.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <initializer_list>
#include <set>

#include "trust/audit/rules/patterns.h"
#include "trust/audit/rules/yaml_tree.h"

namespace pilothouse::audit {
namespace {

using base::Errc;

// The words that rule files, engine and reports have in common.
constexpr std::string_view kLabels[] = {"network", "environment", "config",   "file",
                                        "stdin",   "argument",    "caller",   "secret",
                                        "host",    "clipboard",   "database", "message"};
constexpr std::string_view kCategories[] = {"code",   "compile", "unpickle", "command",   "native",
                                            "import", "file",    "send",     "attribute", "register",
                                            "unpack", "delete",  "persist"};
constexpr std::string_view kProofs[] = {"hash", "signature"};
constexpr std::string_view kPlaces[] = {"import", "install"};
constexpr std::string_view kMeasures[] = {"mangled-names", "long-line",     "hidden-code", "blob",
                                          "entropy",       "decode-layers", "bidi",        "homoglyphs"};
constexpr std::string_view kPlaceholders[] = {"name", "function", "value", "source", "sink"};

struct KindFields {
  std::string_view name;
  Kind kind;
  std::vector<std::string_view> required;
  std::vector<std::string_view> one_of;  // at least one of these
  std::vector<std::string_view> optional;
};

const KindFields kKinds[] = {
    {"source",
     Kind::kSource,
     {"label"},
     {"calls", "reads", "writes", "decorators", "bases"},
     {"arguments", "with", "where", "weights", "into"}},
    {"sink",
     Kind::kSink,
     {"category"},
     {"calls", "reads", "writes", "bases"},
     {"arguments", "with", "where", "intermediate", "weights"}},
    {"flow", Kind::kFlow, {"from", "to", "weights"}, {}, {"where", "when-checked"}},
    {"check", Kind::kCheck, {"proof", "calls"}, {}, {"arguments", "with"}},
    {"clean", Kind::kClean, {"calls"}, {}, {"with"}},
    {"call", Kind::kCall, {"weights"}, {"calls", "reads", "writes"}, {"with", "where"}},
    {"string", Kind::kString, {"strings", "weights"}, {}, {"without", "where"}},
    {"measure", Kind::kMeasure, {"measure", "at-least", "weights"}, {}, {}},
};
constexpr std::string_view kRequired[] = {"id", "kind", "title", "message", "about", "examples"};
constexpr std::string_view kOptional[] = {"cwe", "references"};

template <class Range>
bool among(const Range& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

template <class Range>
std::string listed(const Range& words) {
  std::string list;
  for (const std::string_view word : words) {
    if (!list.empty()) list += ", ";
    list += word;
  }
  return list;
}

// Stops at the first mistake.
struct Mistake {
  int line;
  std::string what;
};

[[noreturn]] void fail(const YamlNode& node, std::string what) { throw Mistake{node.line, std::move(what)}; }

std::string quoted(std::string_view text) { return "'" + std::string(text.substr(0, 60)) + "'"; }

const std::string& text_of(const YamlNode& node, std::string_view field) {
  if (node.kind != YamlNode::Kind::kText || node.text.empty())
    fail(node, std::string(field) + " must be a text");
  return node.text;
}

std::string trimmed_text(const YamlNode& node, std::string_view field) {
  std::string text = text_of(node, field);
  text.erase(text.find_last_not_of(" \n") + 1);
  if (text.empty()) fail(node, std::string(field) + " must be a text");
  return text;
}

bool bool_of(const YamlNode& node, std::string_view field) {
  const std::string& text = text_of(node, field);
  if (text != "true" && text != "false")
    fail(node, std::string(field) + " must be true or false, not " + quoted(text));
  return text == "true";
}

double number_of(const YamlNode& node, std::string_view field, double low, double high,
                 std::string_view range) {
  const std::string& text = text_of(node, field);
  double value = 0;
  const auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (failed != std::errc() || end != text.data() + text.size() || !(value >= low && value <= high))
    fail(node, std::string(field) + " must be a number " + std::string(range) + ", not " + quoted(text));
  return value;
}

const std::vector<YamlNode>& list_of(const YamlNode& node, std::string_view field) {
  if (node.kind != YamlNode::Kind::kList || node.items.empty())
    fail(node, std::string(field) + " must be a list with something in it");
  return node.items;
}

std::vector<std::string> texts_of(const YamlNode& node, std::string_view field) {
  std::vector<std::string> texts;
  for (const YamlNode& item : list_of(node, field))
    texts.push_back(text_of(item, "each of " + std::string(field)));
  return texts;
}

template <class Range>
std::string word_of(const YamlNode& node, std::string_view field, const Range& words) {
  const std::string& text = text_of(node, field);
  if (!among(words, text))
    fail(node, std::string(field) + " must be one of " + listed(words) + ", not " + quoted(text));
  return text;
}

template <class Range>
std::vector<std::string> words_of(const YamlNode& node, std::string_view field, const Range& words) {
  std::vector<std::string> texts;
  for (const YamlNode& item : list_of(node, field)) {
    texts.push_back(word_of(item, "each of " + std::string(field), words));
    if (std::count(texts.begin(), texts.end(), texts.back()) > 1)
      fail(item, std::string(field) + " has " + texts.back() + " twice");
  }
  return texts;
}

void check_pattern(const YamlNode& node, std::string_view pattern) {
  Patterns patterns;
  if (const auto added = patterns.add(pattern, 0); !added)
    fail(node, "the pattern " + quoted(pattern) + " " + added.error().message);
}

std::vector<std::string> patterns_of(const YamlNode& node, std::string_view field) {
  std::vector<std::string> patterns = texts_of(node, field);
  for (std::size_t i = 0; i < patterns.size(); ++i) check_pattern(node.items[i], patterns[i]);
  return patterns;
}

void check_regex(const YamlNode& node, const std::string& pattern) {
  const RE2 regex(pattern, RE2::Quiet);
  if (!regex.ok()) fail(node, quoted(pattern) + " is not a regular expression (RE2): " + regex.error());
  if (RE2::PartialMatch("", regex)) fail(node, quoted(pattern) + " is found in any text; demand something");
}

std::vector<std::string> regexes_of(const YamlNode& node, std::string_view field) {
  std::vector<std::string> regexes = texts_of(node, field);
  for (std::size_t i = 0; i < regexes.size(); ++i) check_regex(node.items[i], regexes[i]);
  return regexes;
}

// A map whose keys are all known: calls `take` with each.
void for_each_entry(const YamlNode& node, std::string_view field,
                    const std::function<bool(const std::string&, const YamlNode&)>& take,
                    std::string_view allowed) {
  if (node.kind != YamlNode::Kind::kMap || node.entries.empty())
    fail(node, std::string(field) + " must be a mapping of " + std::string(allowed));
  for (const auto& [key, value] : node.entries)
    if (!take(key.text, value))
      fail(key, std::string(field) + " has " + quoted(key.text) + "; it may have " + std::string(allowed));
}

Weights weights_of(const YamlNode& node, std::string_view field) {
  Weights weights;
  for_each_entry(
      node, field,
      [&](const std::string& key, const YamlNode& value) {
        double* const weight = key == "risk"         ? &weights.risk
                               : key == "malware"    ? &weights.malware
                               : key == "obfuscated" ? &weights.obfuscated
                                                     : nullptr;
        if (weight != nullptr) *weight = number_of(value, key, 0, 1, "from 0 to 1");
        return weight != nullptr;
      },
      "risk, malware, obfuscated");
  return weights;
}

bool is_argument(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return text.size() <= 2;
  static const RE2 kName("[A-Za-z_][A-Za-z0-9_]*");
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kName);
}

std::vector<std::string> arguments_of(const YamlNode& node, std::string_view field) {
  std::vector<std::string> arguments = texts_of(node, field);
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (!is_argument(arguments[i]))
      fail(node.items[i], "each of " + std::string(field) +
                              " must be a position, such as 0, or a keyword, not " + quoted(arguments[i]));
  return arguments;
}

Condition condition_of(const YamlNode& node) {
  constexpr std::string_view kTests[] = {"equals", "matches", "path", "carries", "constant", "given"};
  Condition condition;
  std::size_t tests = 0;
  for_each_entry(
      node, "each of with",
      [&](const std::string& key, const YamlNode& value) {
        tests += among(kTests, key) ? 1 : 0;
        if (key == "argument") {
          condition.argument = text_of(value, key);
          if (condition.argument != "*" && !is_argument(condition.argument))
            fail(value, "argument must be a position, such as 0, a keyword, or '*' for any, not " +
                            quoted(condition.argument));
        } else if (key == "equals") {
          static const RE2 kConstant(R"(True|False|None|-?[0-9]+(\.[0-9]+)?|b?'[^']*'|b?"[^"]*")");
          condition.equals = text_of(value, key);
          if (!RE2::FullMatch(*condition.equals, kConstant))
            fail(value, "equals must be a constant as Python writes it: True, None, 5, or \"'text'\", not " +
                            quoted(*condition.equals));
        } else if (key == "matches") {
          condition.matches = text_of(value, key);
          check_regex(value, *condition.matches);
        } else if (key == "path") {
          condition.path = text_of(value, key);
          check_pattern(value, *condition.path);
        } else if (key == "carries") {
          condition.carries = value.kind == YamlNode::Kind::kList ? words_of(value, key, kLabels)
                                                                  : std::vector{word_of(value, key, kLabels)};
        } else if (key == "constant") {
          condition.constant = bool_of(value, key);
        } else if (key == "given") {
          condition.given = bool_of(value, key);
        } else {
          return false;
        }
        return true;
      },
      "argument and one of " + listed(kTests));
  if (condition.argument.empty() || tests != 1)
    fail(node, "each of with must have argument and exactly one of " + listed(kTests));
  return condition;
}

std::vector<Example> examples_of(const YamlNode& node, std::string_view field) {
  std::vector<Example> examples;
  for (const YamlNode& item : list_of(node, field)) {
    Example example;
    if (item.kind == YamlNode::Kind::kText) {
      example.code = text_of(item, field);
    } else {
      for_each_entry(
          item, "each of " + std::string(field),
          [&](const std::string& key, const YamlNode& value) {
            if (key == "file") {
              example.file = text_of(value, key);
              static const RE2 kFile(R"([A-Za-z0-9_]+(/[A-Za-z0-9_]+)*\.(py|pyw|pth))");
              if (!RE2::FullMatch(example.file, kFile))
                fail(value, "file must be a relative path that ends in .py, .pyw or .pth, not " +
                                quoted(example.file));
            } else if (key == "code") {
              example.code = text_of(value, key);
            } else {
              return false;
            }
            return true;
          },
          "file, code");
      if (example.code.empty()) fail(item, "each of " + std::string(field) + " must have code");
    }
    examples.push_back(std::move(example));
  }
  return examples;
}

void check_message(const YamlNode& node, const std::string& message, Kind kind) {
  if (message.ends_with('.')) fail(node, "message must not end with a stop: reports add it");
  for (std::size_t open = message.find('{'); open != std::string::npos; open = message.find('{', open + 1)) {
    const std::size_t close = message.find('}', open);
    if (close == std::string::npos) fail(node, "message has a '{' without a '}'");
    const std::string word = message.substr(open + 1, close - open - 1);
    if (!among(kPlaceholders, word))
      fail(node, "message has {" + word.substr(0, 20) +
                     "}; it may have {name}, {function}, {value}, {source} and {sink}");
    if (kind != Kind::kFlow && (word == "source" || word == "sink"))
      fail(node, "message has {" + word + "}, which only a rule of kind flow has");
  }
}

void set_field(Rule& rule, std::string_view field, const YamlNode& value) {
  if (field == "title") {
    rule.title = trimmed_text(value, field);
  } else if (field == "message") {
    rule.message = trimmed_text(value, field);
    check_message(value, rule.message, rule.kind);
  } else if (field == "about") {
    rule.about = trimmed_text(value, field);
  } else if (field == "references") {
    rule.references = texts_of(value, field);
  } else if (field == "cwe") {
    const double number = number_of(value, field, 1, 9999, "of the Common Weakness Enumeration");
    rule.cwe = static_cast<int>(number);
    if (rule.cwe != number) fail(value, "cwe must be a whole number");
  } else if (field == "label") {
    rule.label = word_of(value, field, kLabels);
  } else if (field == "category") {
    rule.category = word_of(value, field, kCategories);
  } else if (field == "proof") {
    rule.proof = word_of(value, field, kProofs);
  } else if (field == "calls") {
    rule.calls = patterns_of(value, field);
  } else if (field == "reads") {
    rule.reads = patterns_of(value, field);
  } else if (field == "writes") {
    rule.writes = patterns_of(value, field);
  } else if (field == "decorators") {
    rule.decorators = patterns_of(value, field);
  } else if (field == "bases") {
    rule.bases = patterns_of(value, field);
  } else if (field == "arguments") {
    rule.arguments = arguments_of(value, field);
  } else if (field == "into") {
    rule.into = arguments_of(value, field);
  } else if (field == "with") {
    for (const YamlNode& item : list_of(value, field)) rule.with.push_back(condition_of(item));
  } else if (field == "strings") {
    rule.strings = regexes_of(value, field);
  } else if (field == "without") {
    rule.without = regexes_of(value, field);
  } else if (field == "where") {
    rule.where = word_of(value, field, kPlaces);
  } else if (field == "from") {
    rule.from = words_of(value, field, kLabels);
  } else if (field == "to") {
    rule.to = words_of(value, field, kCategories);
  } else if (field == "intermediate") {
    rule.intermediate = bool_of(value, field);
  } else if (field == "measure") {
    rule.measure = word_of(value, field, kMeasures);
  } else if (field == "at-least") {
    rule.at_least = number_of(value, field, 0, 1e9, "of 0 or more");
  } else if (field == "weights") {
    rule.weights = weights_of(value, field);
  } else if (field == "when-checked") {
    for_each_entry(
        value, field,
        [&](const std::string& key, const YamlNode& weights) {
          if (!among(kProofs, key)) return false;
          rule.when_checked[key] = weights_of(weights, key);
          return true;
        },
        listed(kProofs));
  } else if (field == "examples") {
    for_each_entry(
        value, field,
        [&](const std::string& key, const YamlNode& examples) {
          if (key != "match" && key != "no-match") return false;
          (key == "match" ? rule.matching : rule.not_matching) = examples_of(examples, key);
          return true;
        },
        "match, no-match");
    if (rule.matching.empty() || rule.not_matching.empty())
      fail(value, "examples must have both match and no-match");
  }
}

const YamlNode* find(const YamlNode& map, std::string_view key) {
  for (const auto& [name, value] : map.entries)
    if (name.text == key) return &value;
  return nullptr;
}

std::string id_of(const YamlNode& node, std::string_view family) {
  const YamlNode* const value = find(node, "id");
  if (value == nullptr) fail(node, "a rule without an id");
  const std::string& id = text_of(*value, "id");
  static const RE2 kWords("[a-z0-9]+(-[a-z0-9]+)*");
  if (!id.starts_with(std::string(family) + ".") || !RE2::FullMatch(id.substr(family.size() + 1), kWords))
    fail(*value, "id must be " + quoted(family) +
                     ", a dot, and lower-case words with '-' between them, not " + quoted(id));
  return id;
}

void read_rule(Rule& rule, const YamlNode& node) {
  const YamlNode* const kind_field = find(node, "kind");
  std::vector<std::string_view> kinds;
  for (const KindFields& kind : kKinds) kinds.push_back(kind.name);
  if (kind_field == nullptr) fail(node, "kind is missing; it is one of " + listed(kinds));
  const std::string kind_name = word_of(*kind_field, "kind", kinds);
  const KindFields& fields = *std::find_if(std::begin(kKinds), std::end(kKinds),
                                           [&](const auto& kind) { return kind.name == kind_name; });
  rule.kind = fields.kind;
  for (const auto& [key, value] : node.entries) {
    if (!among(kRequired, key.text) && !among(kOptional, key.text) && !among(fields.required, key.text) &&
        !among(fields.one_of, key.text) && !among(fields.optional, key.text))
      fail(key, "a rule of kind " + kind_name + " has no " + quoted(key.text) + "; it has " +
                    listed(kRequired) + ", " + listed(fields.required) +
                    (fields.required.empty() ? "" : ", ") + listed(fields.one_of) +
                    (fields.one_of.empty() ? "" : ", ") + listed(fields.optional) +
                    (fields.optional.empty() ? "" : ", ") + listed(kOptional));
    if (key.text != "id" && key.text != "kind") set_field(rule, key.text, value);
  }
  for (const std::string_view field : kRequired)
    if (find(node, field) == nullptr) fail(node, std::string(field) + " is missing");
  for (const std::string_view field : fields.required)
    if (find(node, field) == nullptr)
      fail(node, std::string(field) + " is missing, which a rule of kind " + kind_name + " must have");
  // Parameters of functions that anybody may call have no name to look for: the engine knows them.
  if (!fields.one_of.empty() && rule.label != "caller" &&
      std::none_of(fields.one_of.begin(), fields.one_of.end(),
                   [&](std::string_view field) { return find(node, field) != nullptr; }))
    fail(node, "a rule of kind " + kind_name + " must have at least one of " + listed(fields.one_of));
  if (rule.kind == Kind::kSink && !rule.bases.empty() && rule.arguments.empty())
    fail(node, "arguments is missing: a sink with bases names the methods whose results matter");
  if (rule.kind == Kind::kSource && !rule.arguments.empty() && rule.bases.empty())
    fail(node, "arguments of a source name methods of its bases, and there are no bases");
}

}  // namespace

base::Result<Family> parse_family(std::string_view file, std::string_view text) {
  static const RE2 kFile("([a-z0-9_]+)\\.yaml");
  Family family;
  if (!RE2::FullMatch(re2::StringPiece(file.data(), file.size()), kFile, &family.name))
    return base::error(Errc::kInvalidArgument,
                       std::string(file) +
                           ":1: the name of a rule file is made of lower-case letters, digits "
                           "and '_', and ends with .yaml");
  const auto root = read_yaml(file, text);
  if (!root) return root.error();
  std::string of;  // the rule that is being read
  try {
    const YamlNode* rules = nullptr;
    for_each_entry(
        *root, "a rule file",
        [&](const std::string& key, const YamlNode& value) {
          if (key == "about") family.about = trimmed_text(value, key);
          if (key == "rules") rules = &value;
          return key == "about" || key == "rules";
        },
        "about, rules");
    if (family.about.empty()) fail(*root, "about is missing: what the family is for");
    if (rules == nullptr) fail(*root, "rules is missing");
    std::set<std::string> ids;
    for (const YamlNode& node : list_of(*rules, "rules")) {
      of.clear();
      if (node.kind != YamlNode::Kind::kMap) fail(node, "each of rules must be a mapping");
      Rule rule;
      rule.family = family.name;
      rule.id = id_of(node, family.name);
      of = "rule " + rule.id + ": ";
      if (!ids.insert(rule.id).second) fail(node, "the id is that of a rule above");
      read_rule(rule, node);
      family.rules.push_back(std::move(rule));
    }
  } catch (const Mistake& mistake) {
    return base::error(Errc::kMalformed,
                       std::string(file) + ":" + std::to_string(mistake.line) + ": " + of + mistake.what);
  }
  return family;
}

}  // namespace pilothouse::audit
