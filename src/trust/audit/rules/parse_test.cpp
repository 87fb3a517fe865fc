#include "trust/audit/rules/parse.h"

#include <gtest/gtest.h>

#include <string>

namespace pilothouse::audit {
namespace {

constexpr char kExamples[] = "    examples:\n      match: [\"a\"]\n      no-match: [\"b\"]\n";

// A file with one rule, whose first ten lines are always these; `fields` begin at line 8.
std::string rule(const std::string& kind, const std::string& fields,
                 const std::string& examples = kExamples) {
  return "about: Words.\nrules:\n  - id: f.one\n    kind: " + kind +
         "\n    title: One\n    message: says {name}\n    about: Because.\n" + fields + examples;
}

std::string problem(const std::string& text) {
  const auto family = parse_family("f.yaml", text);
  return family ? "" : family.error().message;
}

Rule only(const std::string& text) {
  const auto family = parse_family("f.yaml", text);
  EXPECT_TRUE(family) << family.error().message;
  return family ? family->rules.at(0) : Rule{};
}

TEST(Parse, ReadsEveryFieldOfASink) {
  const Rule one =
      only(rule("sink",
                "    cwe: 78\n    references: [\"CWE-78\"]\n    category: command\n"
                "    calls: [\"os.{system,popen}\"]\n    writes: [\"a.b\"]\n    arguments: [0, cmd]\n"
                "    with:\n      - {argument: shell, equals: True}\n      - {argument: 0, constant: false}\n"
                "      - {argument: \"*\", matches: \"^x\"}\n      - {argument: 1, path: \"a.*\"}\n"
                "      - {argument: 2, carries: network}\n      - {argument: k, given: true}\n"
                "    where: import\n    intermediate: true\n"
                "    weights: {risk: 0.5, malware: 1, obfuscated: 0}\n",
                "    examples:\n      match:\n        - |\n          import os\n          os.system(1)\n"
                "      no-match:\n        - {file: setup.py, code: \"b\"}\n"));
  EXPECT_EQ(one.id, "f.one");
  EXPECT_EQ(one.family, "f");
  EXPECT_EQ(one.kind, Kind::kSink);
  EXPECT_EQ(one.cwe, 78);
  EXPECT_EQ(one.category, "command");
  EXPECT_EQ(one.calls, std::vector<std::string>{"os.{system,popen}"});
  EXPECT_EQ(one.arguments, (std::vector<std::string>{"0", "cmd"}));
  ASSERT_EQ(one.with.size(), 6u);
  EXPECT_EQ(one.with[0].equals, "True");
  EXPECT_EQ(one.with[1].constant, false);
  EXPECT_EQ(one.with[2].argument, "*");
  EXPECT_EQ(one.with[3].path, "a.*");
  EXPECT_EQ(one.with[4].carries, std::vector<std::string>{"network"});
  EXPECT_EQ(one.with[5].given, true);
  EXPECT_EQ(one.where, "import");
  EXPECT_TRUE(one.intermediate);
  EXPECT_EQ(one.weights.risk, 0.5);
  EXPECT_EQ(one.weights.malware, 1);
  EXPECT_EQ(one.matching.at(0).code, "import os\nos.system(1)\n");
  EXPECT_EQ(one.matching.at(0).file, "example.py");
  EXPECT_EQ(one.not_matching.at(0).file, "setup.py");
}

TEST(Parse, ReadsTheOtherKinds) {
  const Rule flow = only(rule("flow",
                              "    from: [network, file]\n    to: [code]\n    weights: {risk: 0.9}\n"
                              "    when-checked: {hash: {risk: 0.3}, signature: {risk: 0.2}}\n"));
  EXPECT_EQ(flow.from, (std::vector<std::string>{"network", "file"}));
  EXPECT_EQ(flow.when_checked.at("signature").risk, 0.2);
  EXPECT_EQ(only(rule("check", "    proof: hash\n    calls: [a.b]\n")).proof, "hash");
  EXPECT_EQ(only(rule("clean", "    calls: [builtins.len]\n")).kind, Kind::kClean);
  EXPECT_EQ(only(rule("string", "    strings: [\"x+\"]\n    without: [\"y\"]\n    weights: {risk: 1}\n"))
                .without.at(0),
            "y");
  const Rule measure =
      only(rule("measure", "    measure: blob\n    at-least: 1000\n    weights: {obfuscated: 0.2}\n"));
  EXPECT_EQ(measure.measure, "blob");
  EXPECT_EQ(measure.at_least, 1000);
  const Rule source =
      only(rule("source", "    label: network\n    decorators: [\"flask.Flask().route()\"]\n"));
  EXPECT_EQ(source.decorators.at(0), "flask.Flask().route()");
  const Rule handed = only(rule("source",
                                "    label: message\n    writes: [\"a.Client().on_message\"]\n"
                                "    bases: [a.Listener]\n    arguments: [on_message]\n"));
  EXPECT_EQ(handed.writes.at(0), "a.Client().on_message");
  EXPECT_EQ(handed.arguments.at(0), "on_message");
  const Rule loader =
      only(rule("sink", "    category: code\n    bases: [a.Loader]\n    arguments: [get_data]\n"));
  EXPECT_EQ(loader.bases.at(0), "a.Loader");
  EXPECT_EQ(only(rule("call",
                      "    calls: [a]\n    weights: {risk: 1}\n"
                      "    with: [{argument: 0, carries: [file, secret]}]\n"))
                .with.at(0)
                .carries.size(),
            2U);
  EXPECT_EQ(only(rule("source", "    label: caller\n")).label, "caller");
  EXPECT_EQ(only(rule("source", "    label: network\n    calls: [a]\n    into: [1, path]\n")).into,
            (std::vector<std::string>{"1", "path"}));
}

TEST(Parse, SaysWhereAMistakeIsAndWhatIsAllowed) {
  const std::string source = "    label: network\n    calls: [a]\n";
  const std::string head = "f.yaml:8: rule f.one: ";
  EXPECT_EQ(
      problem(rule("source", "    label: netwrok\n    calls: [a]\n")),
      head +
          "label must be one of network, environment, config, file, stdin, argument, caller, secret, host, "
          "clipboard, database, message, not 'netwrok'");
  EXPECT_EQ(problem(rule("source", "    calls: [a]\n")),
            "f.yaml:3: rule f.one: label is missing, which a rule of kind source must have");
  EXPECT_EQ(problem(rule("source", "    label: network\n")),
            "f.yaml:3: rule f.one: a rule of kind source must have at least one of calls, reads, writes, "
            "decorators, bases");
  EXPECT_EQ(problem(rule("sink", "    category: code\n    bases: [a.B]\n")),
            "f.yaml:3: rule f.one: arguments is missing: a sink with bases names the methods whose results "
            "matter");
  EXPECT_EQ(problem(rule("source", "    label: network\n    calls: [a]\n    arguments: [run]\n")),
            "f.yaml:3: rule f.one: arguments of a source name methods of its bases, and there are no bases");
  EXPECT_EQ(problem(rule("call",
                         "    calls: [a]\n    weights: {risk: 1}\n"
                         "    with: [{argument: 0, carries: [network, network]}]\n")),
            "f.yaml:10: rule f.one: carries has network twice");
  EXPECT_EQ(problem(rule("clean", "    proof: hash\n    calls: [a]\n")),
            head +
                "a rule of kind clean has no 'proof'; it has id, kind, title, message, about, examples, "
                "calls, with, "
                "cwe, references");
  EXPECT_EQ(problem(rule("call", "    weights: {risk: 1.5}\n    calls: [a]\n")),
            head + "risk must be a number from 0 to 1, not '1.5'");
  EXPECT_EQ(problem(rule("call", "    weights: {risk: nan}\n    calls: [a]\n")),
            head + "risk must be a number from 0 to 1, not 'nan'");
  EXPECT_EQ(problem(rule("call", "    weights: {rsk: 1}\n    calls: [a]\n")),
            head + "weights has 'rsk'; it may have risk, malware, obfuscated");
  EXPECT_EQ(problem(rule("call", "    weights: []\n    calls: [a]\n")),
            head + "weights must be a mapping of risk, malware, obfuscated");
  EXPECT_EQ(problem(rule("call", "    calls: [\"a..b\"]\n    weights: {risk: 1}\n")),
            head + "the pattern 'a..b' has a '.' without a name before it");
  EXPECT_EQ(problem(rule("call", "    calls: a\n    weights: {risk: 1}\n")),
            head + "calls must be a list with something in it");
  EXPECT_EQ(problem(rule("string", "    strings: [\"(x\"]\n    weights: {risk: 1}\n")),
            head + "'(x' is not a regular expression (RE2): missing ): (x");
  EXPECT_EQ(problem(rule("string", "    strings: [\"x*\"]\n    weights: {risk: 1}\n")),
            head + "'x*' is found in any text; demand something");
  EXPECT_EQ(problem(rule("flow", "    from: [network, network]\n    to: [code]\n    weights: {risk: 1}\n")),
            head + "from has network twice");
  EXPECT_EQ(problem(rule("flow", "    to: [cdoe]\n    from: [network]\n    weights: {risk: 1}\n")),
            head +
                "each of to must be one of code, compile, unpickle, command, native, import, file, send, "
                "attribute, "
                "register, unpack, delete, persist, not 'cdoe'");
  EXPECT_EQ(problem(rule("sink", "    intermediate: maybe\n    category: code\n    calls: [a]\n")),
            head + "intermediate must be true or false, not 'maybe'");
  EXPECT_EQ(problem(rule("measure", "    at-least: -1\n    measure: blob\n    weights: {risk: 1}\n")),
            head + "at-least must be a number of 0 or more, not '-1'");
  EXPECT_EQ(problem(rule("source", "    cwe: 1.5\n" + source)), head + "cwe must be a whole number");
  EXPECT_EQ(problem(rule("source", source, "")), "f.yaml:3: rule f.one: examples is missing");
  EXPECT_EQ(problem(rule("source", source, "    examples: {match: [\"a\"]}\n")),
            "f.yaml:10: rule f.one: examples must have both match and no-match");
  EXPECT_EQ(
      problem(rule("source", source, "    examples: {match: [{file: /etc/x.py, code: a}], no-match: [b]}\n")),
      "f.yaml:10: rule f.one: file must be a relative path that ends in .py, .pyw or .pth, not '/etc/x.py'");
}

TEST(Parse, ConditionsHaveOneTest) {
  const auto with = [](const std::string& condition) {
    return problem(rule("call", "    with: [" + condition + "]\n    calls: [a]\n    weights: {risk: 1}\n"));
  };
  const std::string head = "f.yaml:8: rule f.one: ";
  const std::string tests = "equals, matches, path, carries, constant, given";
  EXPECT_EQ(with("{argument: 0, given: true}"), "");
  EXPECT_EQ(with("{argument: 0, equals: \"'text'\"}"), "");
  EXPECT_EQ(with("{argument: 0}"), head + "each of with must have argument and exactly one of " + tests);
  EXPECT_EQ(with("{argument: 0, given: true, constant: true}"),
            head + "each of with must have argument and exactly one of " + tests);
  EXPECT_EQ(with("{given: true}"), head + "each of with must have argument and exactly one of " + tests);
  EXPECT_EQ(with("{argument: 0, is: 1}"),
            head + "each of with has 'is'; it may have argument and one of " + tests);
  EXPECT_EQ(with("{argument: a-b, given: true}"),
            head + "argument must be a position, such as 0, a keyword, or '*' for any, not 'a-b'");
  EXPECT_EQ(with("{argument: 0, equals: text}"),
            head + "equals must be a constant as Python writes it: True, None, 5, or \"'text'\", not 'text'");
}

TEST(Parse, MessagesAreFilledIn) {
  const auto message = [](const std::string& text) {
    return problem("about: Words.\nrules:\n  - id: f.one\n    kind: clean\n    title: One\n    message: \"" +
                   text + "\"\n    about: Because.\n    calls: [a]\n" + kExamples);
  };
  EXPECT_EQ(message("says {name} in {function} of {value}"), "");
  EXPECT_EQ(message("says."), "f.yaml:6: rule f.one: message must not end with a stop: reports add it");
  EXPECT_EQ(message("says {nmae}"),
            "f.yaml:6: rule f.one: message has {nmae}; it may have {name}, {function}, {value}, {source} and "
            "{sink}");
  EXPECT_EQ(message("says {source}"),
            "f.yaml:6: rule f.one: message has {source}, which only a rule of kind flow has");
  EXPECT_EQ(message("says {name"), "f.yaml:6: rule f.one: message has a '{' without a '}'");
}

TEST(Parse, IdsAreOfTheFamilyAndUnique) {
  const std::string again = rule("clean", "    calls: [a]\n");
  EXPECT_EQ(problem(again + again.substr(again.find("  - id"))),
            "f.yaml:12: rule f.one: the id is that of a rule above");
  const auto family = parse_family("g.yaml", again);
  EXPECT_EQ(family.error().message,
            "g.yaml:3: id must be 'g', a dot, and lower-case words with '-' between them, not 'f.one'");
}

TEST(Parse, FilesThatAreNoRuleFiles) {
  EXPECT_EQ(problem(""), "f.yaml:1: the file is empty");
  EXPECT_EQ(problem("rules: []\n"), "f.yaml:1: about is missing: what the family is for");
  EXPECT_EQ(problem("about: x\n"), "f.yaml:1: rules is missing");
  EXPECT_EQ(problem("about: x\nrule: x\n"), "f.yaml:2: a rule file has 'rule'; it may have about, rules");
  EXPECT_EQ(problem("about: x\nrules: [x]\n"), "f.yaml:2: each of rules must be a mapping");
  EXPECT_EQ(problem("about: x\nabout: y\n"), "f.yaml:2: has about twice");
  EXPECT_EQ(problem("about: &a x\nrules: *a\n"),
            "f.yaml:1: has an anchor (&name); write the value out where it is needed");
  EXPECT_EQ(problem("about: x\n---\nabout: y\n"), "f.yaml:1: the file has more than one document");
  EXPECT_TRUE(problem("about: [\n").starts_with("f.yaml:2: is not valid YAML: ")) << problem("about: [\n");
  EXPECT_EQ(problem("? [a]\n: b\n"), "f.yaml:1: has a key that is not a text");
  EXPECT_EQ(problem(std::string(100'000, '[')), "f.yaml:1: is nested deeper than 16 levels");
  EXPECT_EQ(problem(std::string(2 << 20, ' ')), "f.yaml:1: the file is larger than 1 MiB");
  std::string wide;
  for (int i = 0; i < 100'000; ++i) wide += "k" + std::to_string(i) + ":\n";
  EXPECT_EQ(problem(wide), "f.yaml:101: has more than 100 keys in one mapping");
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += std::string(i, ' ') + "a:\n";
  EXPECT_EQ(problem(deep), "f.yaml:17: is nested deeper than 16 levels");
}

}  // namespace
}  // namespace pilothouse::audit
