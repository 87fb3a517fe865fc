#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trust/audit/rules/rule.h"

namespace pilothouse::audit {

// A stretch of a source text. `file` indexes Analysis::modules; lines and columns count from 1, columns in
// code points; the end is exclusive.
struct Place {
  std::uint32_t file = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t end_line = 0;
  std::uint32_t end_column = 0;
};

// One step of a flow, from the source on: "read from the network by urllib3.PoolManager().request()",
// "assigned to code", "passed to build() as source", "returned by fetch()", "compiled", "executed by exec()".
struct Step {
  Place place;
  std::string what;
  std::string function;  // the qualified name of where it happens ("Loader.load"); empty: the module itself
  std::string code;      // the source line, trimmed, at most 160 bytes
};

// What a rule has found at a place. A flow has steps, at least a source and a sink; nothing else has.
struct Finding {
  const Rule* rule = nullptr;  // lives as long as the RuleSet
  Place place;                 // of a flow: its sink
  std::string function;
  std::string message;  // a sentence without a stop at the end
  std::string code;
  std::string name;  // the dotted path that matched, such as "requests.get"; of a string rule, what was found
  Weights weights;   // what it adds, after checks and place were looked at
  std::string checked;   // "hash", "signature" or empty: what a flow had to pass before its sink
  bool unknown = false;  // of a sink: a value reached it of which nothing is known
  std::vector<Step> steps;
  std::vector<std::string> functions;  // of a flow: each that it passes, in order, none twice
  std::vector<std::string> layers;     // what had to be undone to see it: "base64", "zlib", ...
  std::uint32_t source = 0, sink = 0;  // of a flow: indexes into Analysis::findings
};

// A function, a class or a method that a module defines.
struct Definition {
  std::string name;  // qualified within the module: "Loader.load"
  std::string kind;  // "function", "class" or "method"
  std::uint32_t line = 0;
  std::string doc;  // the docstring's first line
  // Dotted paths of others' functions that it calls. It is a wrapper when it does nothing else: every call
  // goes to one other module or class, and no rule has found anything that matters in it.
  std::vector<std::string> calls;
  bool wrapper = false;
};

// What could not be read, or only in part.
struct Unread {
  std::string path;
  std::uint32_t line = 0;  // 0: the whole file
  std::string reason;  // "is not UTF-8, and declares no other encoding", "has syntax that is not Python's"
};

struct Module {
  std::string path;  // in the subject, with '/'
  std::string name;  // dotted
  std::string sha256;
  std::uint64_t bytes = 0;
  std::uint32_t lines = 0;
  std::string doc;  // the docstring's first paragraph, on one line
  std::vector<Definition> definitions;
  std::vector<std::string> imports;  // dotted names of modules from outside the subject, sorted
  std::uint64_t bad_bytes = 0;       // of syntax errors
  bool exhausted = false;            // a bound of time or memory was met: findings may be missing
};

// All that was found. Modules are sorted by path; findings by module, place, rule id. The same input and
// rules give the same Analysis.
struct Analysis {
  std::string name;
  std::string kind;
  std::vector<Module> modules;
  std::vector<Finding> findings;
  std::vector<Unread> unread;
};

}  // namespace pilothouse::audit
