#include "recorder/core/redact.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <optional>

#include "recorder/core/literals.h"
#include "recorder/core/redact_rules.h"

namespace pilothouse::recorder {
namespace {

using base::Errc;

constexpr std::string_view kOpen = "[redacted:";
constexpr std::size_t kMaxNameBytes = 40;   // of a rule
constexpr std::size_t kMaxPasses = 8;       // until nothing is found any more; one or two as a rule
constexpr std::size_t kMaxFinds = 20'000;   // in one text
constexpr std::size_t kMaxTries = 10'000;   // of expressions in one text, and one more for each
constexpr std::size_t kBytesForOneTry = 8;  // of these
constexpr std::size_t kMaxBack = 64;        // looked at in front of a literal
constexpr std::size_t kReach = 2048;        // looked at first behind one
constexpr std::size_t kMaxGroups = 12;
constexpr std::int64_t kMaxMemory = 4 << 20;  // of one expression's tables

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.';
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

// A secret in a text.
struct Find {
  std::size_t begin = 0, end = 0;
  std::uint32_t name = 0;
};

struct Rule {
  std::uint32_t name = 0;
  Begin begin = Begin::kLiteral;
  bool is_assignment = false;  // a name comes first, and something that gives it a value behind it
  std::unique_ptr<RE2> pattern, ordinary, ordinary_name;
};

std::unique_ptr<RE2> compile(std::string_view pattern, RE2::Options::Encoding encoding) {
  RE2::Options options;
  options.set_encoding(encoding);
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  return std::make_unique<RE2>(piece(pattern), options);
}

std::unique_ptr<RE2> compile_ours(std::string_view pattern) {
  if (pattern.empty()) return nullptr;
  return compile(pattern, RE2::Options::EncodingLatin1);
}

void replace_all(std::string& text, std::string_view mark, std::string_view value) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
    text.replace(at, mark.size(), value);
}

// A pattern of a form, for one name.
std::string completed(std::string_view form, std::string_view name) {
  std::string capitals(name);
  for (char& c : capitals) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  std::string text(form);
  replace_all(text, "{name}", name);
  replace_all(text, "{NAME}", capitals);
  for (const auto& [mark, part] : kSecretParts) replace_all(text, mark, part);
  return text;
}

bool is_mark(std::string_view name) {
  return name.size() <= kMaxNameBytes && !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

// Where the next "[redacted:rule]" or "[redacted]" stands; empty at the end of the text when there is none.
std::string_view next_mark(std::string_view text) {
  constexpr std::string_view kStart = "[redacted";
  for (std::size_t at = text.find(kStart); at != std::string_view::npos; at = text.find(kStart, at + 1)) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with(kRedactedWhole)) return rest.substr(0, kRedactedWhole.size());
    const std::size_t close = rest.substr(0, kOpen.size() + kMaxNameBytes + 1).find(']');
    if (rest.starts_with(kOpen) && close != std::string_view::npos &&
        is_mark(rest.substr(kOpen.size(), close - kOpen.size())))
      return rest.substr(0, close + 1);
  }
  return text.substr(text.size());
}

// Whether a name that begins at `literal` may be given a value: most words in a text are not.
bool may_be_assigned(std::string_view text, std::size_t literal) {
  std::size_t at = literal;
  while (at < text.size() && at - literal < kMaxBack && is_name_char(text[at])) ++at;
  while (at < text.size() && (text[at] == '\\' || text[at] == '"' || text[at] == '\'' || text[at] == ']'))
    ++at;
  const std::size_t blank = at;
  while (at < text.size() && at - blank < kMaxBack &&
         (is_blank(text[at]) || text[at] == '\n' || text[at] == '\r'))
    ++at;
  if (at == text.size()) return false;
  const char c = text[at];
  return c == '=' || c == ':' || c == ',' || c == '!' || c == '>' || at > blank;
}

// Where the expression has to match from; false when this kind of beginning is not here.
bool find_begin(std::string_view text, std::size_t literal, Begin kind, std::size_t& begin) {
  begin = literal;
  if (kind == Begin::kLiteral) return true;
  const std::size_t least = literal > kMaxBack ? literal - kMaxBack : 0;
  while (begin > least && is_name_char(text[begin - 1])) --begin;
  if (kind == Begin::kName) return true;
  if (kind == Begin::kMark) {
    std::size_t at = begin;
    while (at > least && is_blank(text[at - 1])) --at;
    if (at == 0) return false;
    const char mark = text[at - 1];
    if (mark == ';') {
      // `&amp;` ends in one too.
      begin = at >= 5 && text.substr(at - 5, 5) == "&amp;" ? at - 5 : at - 1;
      return true;
    }
    if (at != begin || (mark != '?' && mark != '&')) return false;
    --begin;
    return true;
  }
  if (kind == Begin::kLine) {
    const std::size_t margin = begin > kMaxBack ? begin - kMaxBack : 0;
    while (begin > margin && is_blank(text[begin - 1])) --begin;
    return begin == 0 || text[begin - 1] == '\n';
  }
  std::size_t at = begin;
  const std::size_t margin = at > 2 * kMaxBack ? at - 2 * kMaxBack : 0;
  while (at > margin && is_blank(text[at - 1])) --at;
  if (at == begin) return false;
  const std::size_t word = at;
  while (at > margin && !is_blank(text[at - 1]) && text[at - 1] != '\n') --at;
  begin = at;
  return at < word;
}

}  // namespace

struct Redactor::State {
  std::vector<std::string> names;  // of rules, and what is counted by
  std::vector<std::uint64_t> counts;
  std::vector<Rule> rules;
  std::vector<Rule> searched;  // those of the configuration: everywhere, not at literals
  std::optional<LiteralFinder> literals;
  std::vector<std::vector<std::uint32_t>> rules_of;  // by literal
  std::vector<std::size_t> done;                     // by rule: where its last match ended
  std::vector<Find> finds;
  std::size_t tries_left = 0;
  bool whole = false;  // too much was found, or looked for in vain, to go on

  std::uint32_t name_of(std::string_view name) {
    const auto known = std::find(names.begin(), names.end(), name);
    if (known != names.end()) return static_cast<std::uint32_t>(known - names.begin());
    names.emplace_back(name);
    counts.push_back(0);
    return static_cast<std::uint32_t>(names.size() - 1);
  }

  void add_built_in(const std::vector<std::string>& ignore);
  void add_find(std::string_view text, std::size_t offset, std::string_view secret, std::uint32_t name);
  std::size_t match(Rule& rule, std::string_view text, std::size_t begin, std::size_t offset);
  void scan(std::string_view text, std::size_t offset);
  void find_all(std::string_view text);
  std::string replace(std::string_view text, std::size_t keep);
  std::string redact(std::string_view text, std::size_t keep);
};

void Redactor::State::add_built_in(const std::vector<std::string>& ignore) {
  std::map<std::string, std::uint32_t, std::less<>> numbers;
  std::vector<std::string> texts;
  const auto add = [&](Rule rule, const auto& its_literals) {
    for (const std::string_view literal : its_literals) {
      const auto [entry, is_new] =
          numbers.try_emplace(std::string(literal), static_cast<std::uint32_t>(texts.size()));
      if (is_new) {
        texts.emplace_back(literal);
        rules_of.emplace_back();
      }
      rules_of[entry->second].push_back(static_cast<std::uint32_t>(rules.size()));
    }
    rules.push_back(std::move(rule));
  };
  const auto is_ignored = [&](std::string_view name) {
    return std::find(ignore.begin(), ignore.end(), name) != ignore.end();
  };
  for (const RedactRule& rule : kRedactRules) {
    if (is_ignored(rule.name)) continue;
    add({name_of(rule.name), Begin::kLiteral, false, compile_ours(rule.pattern), compile_ours(rule.ordinary),
         nullptr},
        rule.literals);
  }
  for (const SecretName& name : kSecretNames) {
    if (is_ignored(name.name)) continue;
    for (const SecretForm& form : kSecretForms) {
      std::string ordinary(kNoSecret);
      if (!form.ordinary.empty()) ordinary.append("|").append(completed(form.ordinary, name.pattern));
      if (!name.ordinary.empty()) ordinary.append("|").append(name.ordinary);
      add({name_of(name.name), form.begin, true, compile_ours(completed(form.pattern, name.pattern)),
           compile_ours(ordinary), compile_ours(name.ordinary_name)},
          name.literals);
    }
  }
  literals.emplace(texts);
  done.resize(rules.size());
}

void Redactor::State::add_find(std::string_view text, std::size_t offset, std::string_view secret,
                               std::uint32_t name) {
  std::size_t begin = static_cast<std::size_t>(secret.data() - text.data());
  std::size_t end = begin + secret.size();
  for (int i = 0; i < 3 && begin > 0 && continues_character(text[begin]); ++i) --begin;
  for (int i = 0; i < 3 && end < text.size() && continues_character(text[end]); ++i) ++end;
  finds.push_back({offset + begin, offset + end, name});
  if (finds.size() > kMaxFinds) whole = true;
}

// Takes the secret that matches from `begin` on, if there is one. What comes before the result need not be
// tried again with this rule.
std::size_t Redactor::State::match(Rule& rule, std::string_view text, std::size_t begin, std::size_t offset) {
  if (tries_left == 0) whole = true;
  if (whole) return text.size();
  --tries_left;
  std::array<re2::StringPiece, kMaxGroups> groups;
  const int count = std::min<int>(rule.pattern->NumberOfCapturingGroups() + 1, kMaxGroups);
  const std::size_t reached = std::min(text.size(), begin + kReach);
  // Whether there is a match at all is cheaper to ask, and mostly there is none.
  if (!rule.pattern->Match(piece(text), begin, reached, RE2::ANCHOR_START, nullptr, 0)) return 0;
  if (!rule.pattern->Match(piece(text), begin, reached, RE2::ANCHOR_START, groups.data(), count)) return 0;
  std::size_t done_to = 0;
  if (reached < text.size() && groups[0].data() + groups[0].size() == text.data() + reached) {
    // Perhaps it goes on behind what was looked at. That costs more, so not for each of many that overlap.
    done_to = reached;
    if (!rule.pattern->Match(piece(text), begin, text.size(), RE2::ANCHOR_START, groups.data(), count))
      return done_to;
  }
  const auto end = static_cast<std::size_t>(groups[0].data() + groups[0].size() - text.data());
  if (!rule.is_assignment) done_to = end;
  const auto secret = std::find_if(groups.begin() + 1, groups.begin() + count,
                                   [](const re2::StringPiece& group) { return !group.empty(); });
  if (secret == groups.begin() + count) return done_to;
  if (rule.ordinary != nullptr && RE2::FullMatch(*secret, *rule.ordinary)) return done_to;
  if (rule.ordinary_name != nullptr) {
    const re2::StringPiece front(groups[0].data(),
                                 static_cast<std::size_t>(secret->data() - groups[0].data()));
    if (rule.ordinary_name->Match(front, 0, front.size(), RE2::UNANCHORED, nullptr, 0)) return done_to;
  }
  add_find(text, offset, {secret->data(), secret->size()}, rule.name);
  return end;
}

// `text` holds no mark and begins at `offset` of the text that is redacted.
void Redactor::State::scan(std::string_view text, std::size_t offset) {
  std::fill(done.begin(), done.end(), 0);
  literals->find(text, [&](std::size_t place, std::uint32_t literal) {
    if (whole) return;
    bool assigned = false;
    for (const std::uint32_t number : rules_of[literal]) {
      Rule& rule = rules[number];
      if (place < done[number]) continue;
      if (rule.is_assignment && !assigned && !(assigned = may_be_assigned(text, place))) return;
      std::size_t begin = 0;
      if (!find_begin(text, place, rule.begin, begin)) continue;
      done[number] = std::max(done[number], match(rule, text, begin, offset));
    }
  });
  for (const Rule& rule : searched) {
    std::array<re2::StringPiece, 2> groups;
    const int count = std::min(rule.pattern->NumberOfCapturingGroups(), 1) + 1;
    std::size_t at = 0;
    while (!whole && at < text.size() &&
           rule.pattern->Match(piece(text), at, text.size(), RE2::UNANCHORED, groups.data(), count)) {
      const re2::StringPiece& secret = groups[count - 1].empty() ? groups[0] : groups[count - 1];
      if (!secret.empty()) add_find(text, offset, {secret.data(), secret.size()}, rule.name);
      const auto end = static_cast<std::size_t>(groups[0].data() + groups[0].size() - text.data());
      at = std::max(end, at + 1);
    }
  }
}

void Redactor::State::find_all(std::string_view text) {
  finds.clear();
  tries_left = kMaxTries + text.size() / kBytesForOneTry;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view mark = next_mark(text.substr(at));
    const std::size_t end = static_cast<std::size_t>(mark.data() - text.data());
    if (end > at) scan(text.substr(at, end - at), at);
    at = end + mark.size();
  }
  std::stable_sort(finds.begin(), finds.end(),
                   [](const Find& a, const Find& b) { return a.begin < b.begin; });
}

// What of `text` begins before `keep`, with a mark for each of the finds. Those that overlap are one.
std::string Redactor::State::replace(std::string_view text, std::size_t keep) {
  std::string result;
  std::size_t at = 0;
  for (std::size_t i = 0; i < finds.size() && finds[i].begin < keep;) {
    const Find& first = finds[i];
    std::size_t end = first.end;
    for (++i; i < finds.size() && finds[i].begin < end; ++i) end = std::max(end, finds[i].end);
    result.append(text.substr(at, first.begin - at)).append(kOpen).append(names[first.name]) += ']';
    ++counts[first.name];
    at = end;
  }
  if (at < keep) result.append(text.substr(at, keep - at));
  return result;
}

std::string Redactor::State::redact(std::string_view text, std::size_t keep) {
  text = text.substr(0, keep < text.size() ? std::min(text.size(), keep + kRedactMargin) : text.size());
  keep = std::min(keep, text.size());
  whole = false;
  find_all(text);
  if (finds.empty() && !whole) return std::string(text.substr(0, keep));
  std::string result = replace(text, keep);
  // A mark parts what stood beside it: to redact again must find nothing.
  for (std::size_t pass = 1; !whole && pass < kMaxPasses; ++pass) {
    find_all(result);
    if (finds.empty() && !whole) {
      if (result.size() > keep + kRedactGrowth) break;
      return result;
    }
    result = replace(result, result.size());
  }
  return std::string(kRedactedWhole);
}

Redactor::Redactor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Redactor::~Redactor() = default;
Redactor::Redactor(Redactor&& other) noexcept = default;
Redactor& Redactor::operator=(Redactor&& other) noexcept = default;

base::Result<Redactor> Redactor::create(const RedactOptions& options) {
  const std::vector<std::string> known = rule_names();
  for (const std::string& name : options.ignore) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      return base::error(Errc::kNotFound, "there is no rule \"" + name + "\"");
  }
  if (options.patterns.size() > kMaxRedactPatterns)
    return base::error(Errc::kTooLarge,
                       "there are more than " + std::to_string(kMaxRedactPatterns) + " expressions");
  auto state = std::make_unique<State>();
  for (std::size_t i = 0; i < options.patterns.size(); ++i) {
    const std::string& pattern = options.patterns[i];
    const auto refuse = [&](const std::string& why) {
      return base::error(Errc::kInvalidArgument, "expression " + std::to_string(i + 1) + ", \"" +
                                                     pattern.substr(0, 200) + "\", " + why);
    };
    if (pattern.size() > kMaxRedactPatternBytes)
      return refuse("has more than " + std::to_string(kMaxRedactPatternBytes) + " bytes");
    auto compiled = compile(pattern, RE2::Options::EncodingUTF8);
    if (!compiled->ok()) return refuse("is not one that RE2 takes: " + compiled->error());
    if (RE2::FullMatch("", *compiled)) return refuse("matches a text in which there is nothing");
    Rule rule;
    rule.pattern = std::move(compiled);
    rule.name = state->name_of("pattern-" + std::to_string(i + 1));
    state->searched.push_back(std::move(rule));
  }
  state->add_built_in(options.ignore);
  return Redactor(std::move(state));
}

std::string Redactor::redact(std::string_view text, std::size_t keep) noexcept {
  try {
    return state_->redact(text, keep);
  } catch (const std::exception&) {
    return std::string(kRedactedWhole);  // short enough to need no memory
  }
}

std::string Redactor::redact_member(std::string_view name) noexcept {
  try {
    // As it would stand in a text.
    constexpr std::string_view kValue = "\":\"a value that is not ordinary 1\"";
    State& state = *state_;
    state.finds.clear();
    state.tries_left = kMaxTries;
    state.whole = false;
    const std::string member = std::string(name.substr(0, kRedactMargin)).append(kValue);
    state.scan(member, 0);
    const auto value = std::find_if(state.finds.begin(), state.finds.end(), [&](const Find& find) {
      return find.begin <= member.size() - kValue.size() + 3 && find.end >= member.size() - 1 &&
             find.name >= state.searched.size();
    });
    if (value == state.finds.end()) return {};
    ++state.counts[value->name];
    return std::string(kOpen).append(state.names[value->name]) + ']';
  } catch (const std::exception&) {
    return std::string(kRedactedWhole);
  }
}

std::vector<std::pair<std::string, std::uint64_t>> Redactor::counts() const {
  std::vector<std::pair<std::string, std::uint64_t>> all;
  for (std::size_t i = 0; i < state_->names.size(); ++i) {
    if (state_->counts[i] > 0) all.emplace_back(state_->names[i], state_->counts[i]);
  }
  return all;
}

std::vector<std::string> Redactor::rule_names() {
  std::vector<std::string> names;
  for (const RedactRule& rule : kRedactRules) names.emplace_back(rule.name);
  for (const SecretName& name : kSecretNames) {
    if (std::find(names.begin(), names.end(), name.name) == names.end()) names.emplace_back(name.name);
  }
  return names;
}

std::vector<RedactRuleText> Redactor::rules() const {
  std::vector<RedactRuleText> all;
  for (const auto* rules : {&state_->rules, &state_->searched}) {
    for (const Rule& rule : *rules) all.push_back({state_->names[rule.name], rule.pattern->pattern()});
  }
  return all;
}

}  // namespace pilothouse::recorder
