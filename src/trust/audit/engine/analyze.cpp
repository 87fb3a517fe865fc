#include "trust/audit/engine/analyze.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "trust/audit/engine/interpreter.h"
#include "trust/audit/syntax/tree.h"
#include "trust/signatures/manifest.h"

namespace pilothouse::audit {
namespace {

constexpr std::uint64_t kMaxUnit = 24ULL << 20;  // bytes of source that are held at a time

struct Loaded {
  std::uint32_t module;
  Tree tree;
};

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// Which files belong together and what modules they are.
class Layout {
 public:
  explicit Layout(const Input& input) : name_(input.name), bundle_(input.kind == "bundle") {
    for (const SourceFile& file : input.files) {
      if (file.path == "__init__.py" || file.path.ends_with("/__init__.py"))
        packages_.insert(directory_of(file.path));
    }
  }

  // The directory that a module's name begins behind: above the topmost __init__.py.
  std::string root(const std::string& path) const {
    if (bundle_) return {};
    std::string directory = directory_of(path);
    while (packages_.contains(directory) && !directory.empty()) directory = directory_of(directory);
    return directory;
  }

  // What is looked at together: a package, or the loose files of one directory, or all of a bundle.
  std::string unit(const std::string& path) const {
    if (bundle_) return {};
    if (packages_.contains("")) return "";
    const std::string above = root(path);
    const std::string rest = above.empty() ? path : path.substr(above.size() + 1);
    const std::size_t slash = rest.find('/');
    return above + "/" + (slash == std::string::npos ? "" : rest.substr(0, slash));
  }

  std::string name(const std::string& path) const {
    const std::string above = root(path);
    std::string name = above.empty() ? path : path.substr(above.size() + 1);
    const std::size_t dot = name.rfind('.');
    if (dot != std::string::npos && dot > name.rfind('/') + 1) name.resize(dot);
    std::ranges::replace(name, '/', '.');
    // A package whose directory is what was given bears that directory's name.
    if (!bundle_ && packages_.contains("")) name.insert(0, name_ + ".");
    if (name == "__init__") return "";
    if (name.ends_with(".__init__")) name.resize(name.size() - 9);
    return name;
  }

  // What imports know a module by. A bundle is loaded as a package whose name nobody knows: its modules find
  // one another relatively only, and `import urllib3` never means a urllib3.py of its own.
  std::string known_as(const std::string& name) const {
    constexpr std::string_view kPackage = "(bundle)";
    if (!bundle_) return name;
    return std::string(kPackage) + (name.empty() ? "" : ".") + name;
  }

 private:
  std::string name_;                // of what is audited
  std::set<std::string> packages_;  // directories
  bool bundle_;
};

// Of a .pth file Python runs the lines that begin with "import".
std::string pth_code(const std::string& text) {
  std::string code;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    code += line.starts_with("import ") || line.starts_with("import\t") ? line : "";
    code += '\n';
    at = end + 1;
  }
  return code;
}

bool runs_at_installation(const std::string& path) {
  return path == "setup.py" || path.ends_with("/setup.py") || path.ends_with(".pth");
}

// In the order of modules, places and rules; those that were taken back are left out.
void sort_findings(Analysis& analysis) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < analysis.findings.size(); ++i) {
    if (analysis.findings[i].rule != nullptr) order.push_back(i);
  }
  const auto key = [&](std::uint32_t i) {
    const Finding& f = analysis.findings[i];
    return std::tie(f.place.file, f.place.line, f.place.column, f.rule->id, f.name, f.message);
  };
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  std::vector<std::uint32_t> now(analysis.findings.size(), 0);
  std::vector<Finding> sorted;
  sorted.reserve(order.size());
  for (const std::uint32_t i : order) {
    now[i] = static_cast<std::uint32_t>(sorted.size());
    sorted.push_back(std::move(analysis.findings[i]));
  }
  for (Finding& finding : sorted) {
    if (finding.rule->kind != Kind::kFlow) continue;
    finding.source = now[finding.source];
    finding.sink = now[finding.sink];
  }
  analysis.findings = std::move(sorted);
}

// Reads and parses one file into a module; what cannot be read is said.
std::optional<Tree> load(const SourceFile& file, const AuditLimits& limits, Analysis& analysis,
                         Module& module) {
  const auto unread = [&](std::uint32_t line, std::string reason) {
    analysis.unread.push_back({file.path, line, std::move(reason)});
  };
  const auto bytes = file.load(limits.input);
  if (!bytes) {
    unread(0, bytes.error().message);
    return std::nullopt;
  }
  module.bytes = bytes->size();
  module.sha256 = trust::sha256_hex(*bytes);
  auto text = decode(*bytes);
  if (!text) {
    unread(0, text.error().message);
    return std::nullopt;
  }
  if (!text->problem.empty()) unread(0, text->problem);
  if (file.path.ends_with(".pth")) text->utf8 = pth_code(text->utf8);
  auto tree = Tree::parse(std::move(text->utf8), limits.parse_rounds);
  if (!tree) {
    unread(0, tree.error().message);
    return std::nullopt;
  }
  module.lines = tree->lines();
  if (module.lines > 0 && tree->line_text(module.lines).empty()) --module.lines;  // behind the last line end
  std::uint32_t seen = 0;
  // Where the parser gave up on the whole, what stands in no statement counts.
  const bool given_up = (*tree)[0].kind == Syntax::kError;
  if (given_up) {
    module.bad_bytes = module.bytes;
    for (NodeId at = (*tree)[0].first; at != 0; at = (*tree)[at].next) {
      const Node& part = (*tree)[at];
      const bool statement = part.kind != Syntax::kError && part.kind != Syntax::kOther && part.first != 0;
      if (statement) module.bad_bytes -= std::min<std::uint64_t>(module.bad_bytes, part.end - part.start);
    }
  }
  for (const SyntaxError& error : tree->errors()) {
    if (given_up && error.start <= (*tree)[0].start && error.end >= (*tree)[0].end) continue;
    // Errors within one another count once.
    const std::uint32_t start = std::max(error.start, seen);
    if (error.end > start) module.bad_bytes += error.end - start;
    seen = std::max(seen, error.end);
  }
  module.bad_bytes = std::min(module.bad_bytes, module.bytes);
  if (!tree->errors().empty()) {
    unread(tree->line(tree->errors()[0].start),
           "has syntax that is not Python's, as far as it is known here");
  }
  return std::move(*tree);
}

// A bundle is at most some megabytes in 256 files. All of them together get the steps of a few modules, so
// that no bundle takes longer than these would.
std::uint64_t steps_for(const Input& input, const AuditLimits& limits) {
  constexpr std::uint64_t kAllSteps = 9'000'000;
  if (input.kind != "bundle") return limits.max_steps;
  return std::min<std::uint64_t>(limits.max_steps, kAllSteps / std::max<std::size_t>(input.files.size(), 1));
}

}  // namespace

Analysis analyze(const Input& input, const RuleSet& rules, const AuditLimits& limits,
                 const Progress& progress) {
  RuleIndex index(rules);
  return analyze(input, index, limits, progress);
}

Analysis analyze(const Input& input, RuleIndex& index, const AuditLimits& limits, const Progress& progress) {
  Analysis analysis;
  analysis.name = input.name;
  analysis.kind = input.kind;
  analysis.unread = input.unread;
  const Layout layout(input);
  for (const SourceFile& file : input.files) {
    Module module;
    module.path = file.path;
    module.name = layout.name(file.path);
    analysis.modules.push_back(std::move(module));
  }
  std::map<std::string, std::vector<std::uint32_t>> units;
  for (std::uint32_t i = 0; i < input.files.size(); ++i) units[layout.unit(input.files[i].path)].push_back(i);
  std::size_t done = 0;
  for (const auto& [name, members] : units) {
    for (std::size_t next = 0; next < members.size();) {
      Interpreter interpreter(index, analysis, steps_for(input, limits));
      std::uint64_t bytes = 0;
      // A package that is too large to be held is looked at in parts.
      for (; next < members.size() && bytes < kMaxUnit; ++next) {
        const std::uint32_t i = members[next];
        const SourceFile& file = input.files[i];
        Module& module = analysis.modules[i];
        if (progress) progress(done, input.files.size());
        ++done;
        auto tree = load(file, limits, analysis, module);
        if (!tree) continue;
        bytes += module.bytes;
        const bool package = file.path.ends_with("__init__.py");
        const std::string known = layout.known_as(module.name);
        const std::size_t dot = known.rfind('.');
        const std::string holder = package ? known : dot == std::string::npos ? "" : known.substr(0, dot);
        interpreter.add(i, std::move(*tree), known, holder, runs_at_installation(file.path));
      }
      interpreter.run();
    }
  }
  if (progress) progress(done, input.files.size());
  sort_findings(analysis);
  std::ranges::stable_sort(analysis.unread, {}, &Unread::path);
  return analysis;
}

}  // namespace pilothouse::audit
