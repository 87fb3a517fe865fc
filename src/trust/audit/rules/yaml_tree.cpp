#include "trust/audit/rules/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace pilothouse::audit {
namespace {

using base::Errc;
using base::error;

constexpr std::size_t kMaxFile = 1U << 20;
constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxKeys = 100;  // of one mapping

// What the parser is stopped with: it knows no other way.
struct Refused {
  int line;
  std::string why;
};

class Builder : public YAML::EventHandler {
 public:
  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add(scalar(mark, YamlNode::Kind::kNull, {}));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{line_of(mark), "has an alias (*name); write the value out"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    // A plain "~" or "null" comes here, too; only the parser's node builder makes nothing of it.
    const bool null = tag == "?" && (value.empty() || value == "~" || value == "null");
    add(scalar(mark, null ? YamlNode::Kind::kNull : YamlNode::Kind::kText, value));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    YamlNode node;
    bool key_is_next = true;
    YamlNode key;
  };

  static int line_of(const YAML::Mark& mark) { return mark.line + 1; }

  static YamlNode scalar(const YAML::Mark& mark, YamlNode::Kind kind, std::string text) {
    YamlNode node;
    node.kind = kind;
    node.line = line_of(mark);
    node.text = std::move(text);
    return node;
  }

  static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0)
      throw Refused{line_of(mark), "has an anchor (&name); write the value out where it is needed"};
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    refuse_anchor(mark, anchor);
    if (levels_.size() >= kMaxDepth)
      throw Refused{line_of(mark), "is nested deeper than " + std::to_string(kMaxDepth) + " levels"};
    Level level;
    level.node.kind = kind;
    level.node.line = line_of(mark);
    levels_.push_back(std::move(level));
  }

  void close() {
    YamlNode node = std::move(levels_.back().node);
    levels_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.kind == YamlNode::Kind::kList) {
      level.node.items.push_back(std::move(node));
    } else if (level.key_is_next) {
      if (node.kind != YamlNode::Kind::kText) throw Refused{node.line, "has a key that is not a text"};
      if (level.node.entries.size() >= kMaxKeys)
        throw Refused{node.line, "has more than " + std::to_string(kMaxKeys) + " keys in one mapping"};
      for (const auto& [key, value] : level.node.entries)
        if (key.text == node.text) throw Refused{node.line, "has " + node.text + " twice"};
      level.key = std::move(node);
      level.key_is_next = false;
    } else {
      level.node.entries.push_back({std::move(level.key), std::move(node)});
      level.key_is_next = true;
    }
  }

  std::vector<Level> levels_;
  YamlNode root_;
};

}  // namespace

base::Result<YamlNode> read_yaml(std::string_view name, std::string_view text) {
  const auto at = [&](int line) {
    return std::string(name) + ":" + std::to_string(std::max(line, 1)) + ": ";
  };
  if (text.size() > kMaxFile) return error(Errc::kTooLarge, at(1) + "the file is larger than 1 MiB");
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Builder builder, second;
    if (!parser.HandleNextDocument(builder)) return error(Errc::kMalformed, at(1) + "the file is empty");
    if (parser.HandleNextDocument(second))
      return error(Errc::kMalformed, at(1) + "the file has more than one document");
    return builder.take();
  } catch (const Refused& refused) {
    return error(Errc::kMalformed, at(refused.line) + refused.why);
  } catch (const YAML::Exception& malformed) {
    return error(Errc::kMalformed, at(malformed.mark.line + 1) + "is not valid YAML: " + malformed.msg);
  }
}

}  // namespace pilothouse::audit
