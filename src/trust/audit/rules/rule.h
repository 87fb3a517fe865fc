#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::audit {

// What a finding adds to the three scores, each from 0 to 1. docs/audit.md has the formula.
struct Weights {
  double risk = 0;
  double malware = 0;
  double obfuscated = 0;
};

enum class Kind {
  kSource,   // a value from outside comes in here, with `label`
  kSink,     // a value does something here, of `category`
  kFlow,     // a value of a label in `from` reaches a sink of a category in `to`
  kCheck,    // a call or comparison that proves what bytes are: `proof` is hash or signature
  kClean,    // a call whose result carries nothing dangerous of its arguments: len(), int(), ...
  kCall,     // an anomaly by itself: a call, read or write
  kString,   // an anomaly: a string constant, after folding and decoding
  kMeasure,  // an anomaly: a measure of the text that the engine takes, over a bound
};

// A demand on one argument of a call.
struct Condition {
  std::string
      argument;  // a position ("0") or a keyword ("shell"); "*": any; "self": what a method is called on
  // Exactly one of these is set.
  std::optional<std::string>
      equals;  // the constant, as Python writes it: True, None, 5, 'text' (with quotes)
  std::optional<std::string> matches;  // RE2, searched in the text of a string or bytes constant
  std::optional<std::string> path;     // a pattern of dotted paths: what the argument is
  std::vector<std::string> carries;    // labels: the argument is tainted with one of them
  std::optional<bool> constant;        // whether it is a constant
  std::optional<bool> given;           // whether it is given at all
};

struct Example {
  std::string code;
  std::string file = "example.py";  // "setup.py" for what matters at installation
};

struct Rule {
  std::string id;       // "network.requests": the family's name, a dot, lower-case words with '-'
  std::string family;   // the file's name without ".yaml"
  std::string title;    // a noun phrase: "HTTP answer read with requests"
  std::string message;  // a sentence with {name}, {source}, {sink}, {function}, {value} to fill in; no stop
  std::string about;    // for --explain: why it matters, what to do
  std::vector<std::string> references;
  int cwe = 0;
  Kind kind = Kind::kCall;
  std::string label;  // kSource: network, environment, config, file, stdin, argument, caller, secret, ...
  std::string
      category;       // kSink: code, unpickle, command, native, import, file, send, attribute, register, ...
  std::string proof;  // kCheck
  // Patterns of dotted paths, see patterns.h. Of calls, reads of a name or attribute, writes to one,
  // decorators, and calls that take a function, whose function's parameters are meant (kSource); base
  // classes whose methods' parameters (kSource) or results (kSink) are meant. A function that is written
  // where a kSource says gets its parameters from there.
  std::vector<std::string> calls, reads, writes, decorators, bases;
  // kSink, kCheck: which matter, by position or keyword; "self" is what a method is called on; none: all but
  // that. With bases: the names of the methods; of a kSource none: all methods.
  std::vector<std::string> arguments;
  std::vector<std::string> into;     // kSource: the arguments that name a file which the call fills
  std::vector<Condition> with;       // all must hold
  std::vector<std::string> without;  // kString: RE2; where one is found in the string, the rule is silent
  std::vector<std::string> strings;  // kString: RE2, searched
  std::string where;                 // empty: anywhere; "import": runs when the module is imported; "install"
  std::vector<std::string> from, to;  // kFlow
  bool intermediate =
      false;            // kSink: no flow of its own when the same value goes on to another sink (compile)
  std::string measure;  // kMeasure
  double at_least = 0;  // kMeasure
  Weights weights;
  std::map<std::string, Weights> when_checked;  // kFlow: by proof, instead of `weights`
  std::vector<Example> matching, not_matching;
};

// All rules, sorted by id.
struct RuleSet {
  std::vector<std::shared_ptr<const Rule>> rules;
  std::map<std::string, std::string> families;  // what each is about
  std::string digest;  // SHA-256 over the rule files and the auditor's own sources: two reports with the same
                       // digest of the same input are the same
  const Rule* find(std::string_view id) const;
};

}  // namespace pilothouse::audit
