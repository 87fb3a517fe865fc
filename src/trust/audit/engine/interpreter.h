#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "trust/audit/analysis.h"
#include "trust/audit/engine/fold.h"
#include "trust/audit/engine/rule_index.h"
#include "trust/audit/engine/values.h"
#include "trust/audit/syntax/tree.h"

namespace pilothouse::audit {

using SourceIndex = std::uint32_t;  // a text: a module, or code hidden in one

struct Frame;
struct FunctionDef;

// A class that is defined in the subject. All its instances are one object.
struct ClassDef {
  std::string name;
  Frame* attributes = nullptr;
  ValueId bases = 0;
  std::vector<ClassDef*> local_bases;
  std::vector<PathId> outer_bases;
  std::uint32_t instance = 0;
};

struct Parameter {
  SymbolId name = 0;
  NodeId at = 0, annotation = 0, standard = 0;  // standard: the default value
  enum Kind : std::uint8_t { kPlain, kKeywordOnly, kRest, kNamedRest } kind = kPlain;
};

struct FunctionDef {
  SourceIndex source = 0;
  NodeId node = 0, body = 0;
  std::string name;  // qualified
  SymbolId symbol = 0;
  ClassDef* owner = nullptr;
  std::vector<Parameter> parameters;
  bool lambda = false, generator = false, context_manager = false, is_property = false, is_setter = false,
       is_static = false, is_class_method = false;
  const Rule* given_by = nullptr;  // the source rule that names who calls it: a decorator, a registration
  Frame* scope = nullptr;          // where it was defined
  std::uint32_t contexts = 0, closures = 0;
  bool entered_free = false;  // as anybody may call it
};

// Variables of a module, class or call. `parent` is the lexical one.
struct Frame {
  Frame* parent = nullptr;
  SourceIndex source = 0;
  FunctionDef* function = nullptr;
  bool is_class = false;
  ClassDef* cls = nullptr;  // whose attributes these are
  boost::unordered_flat_map<SymbolId, ValueId> variables;
  std::vector<SymbolId> globals, nonlocals;
  std::vector<PathId> stars;  // modules whose names were imported with *
};

// What fields a list, dict, instance, module or generator holds. Fields only ever grow.
struct Object {
  enum Kind : std::uint8_t { kList, kDict, kInstance, kModule, kIterator } kind = kDict;
  boost::unordered_flat_map<SymbolId, ValueId> fields;
  ValueId any = 0;                            // elements whose key is not known
  std::optional<std::vector<ValueId>> exact;  // a list whose elements are all known, in order
  ClassDef* cls = nullptr;
  Frame* frame = nullptr;  // of a module of the subject: its variables
};

// A callable of the subject.
struct Function {
  enum Kind : std::uint8_t { kLocal, kClass, kBound, kPartial } kind = kLocal;
  FunctionDef* def = nullptr;
  Frame* frame = nullptr;
  ClassDef* cls = nullptr;
  ValueId callee = 0, self = 0;
  std::vector<ValueId> arguments;
  std::vector<std::pair<SymbolId, ValueId>> named;
  friend bool operator<(const Function& a, const Function& b) {
    return std::tie(a.kind, a.def, a.frame, a.cls, a.callee, a.self, a.arguments, a.named) <
           std::tie(b.kind, b.def, b.frame, b.cls, b.callee, b.self, b.arguments, b.named);
  }
};

struct Arguments {
  std::vector<ValueId> positional;
  std::vector<std::pair<SymbolId, ValueId>> named;
  ValueId rest = 0, named_rest = 0;  // from *x and **x
  ValueId self = 0;                  // what a method is called on
  bool has_rest = false;
};

// A text with its tree and where it stands.
struct Script {
  Tree tree;
  std::uint32_t module = 0;
  std::string name;     // dotted
  std::string package;  // for relative imports
  Frame* globals = nullptr;
  bool install = false;
  std::optional<Place> outer;  // of hidden code: where it is executed
  std::vector<std::string> layers;
  std::vector<SymbolId> symbols;  // of names, by node; 0: not looked up yet
  enum State : std::uint8_t { kNew, kRunning, kDone } state = kNew;
};

// Where a value came from, and on which way.
struct Origin {
  SourceId source = 0;
  TraceId trace = 0;
  friend auto operator<=>(const Origin&, const Origin&) = default;
};

// What a value has to satisfy, or has been found to.
struct Check {
  std::vector<Origin> sources;
  SymbolId proof = 0;
  bool verdict = false;  // false: a digest, which is to be compared
  bool negated = false;
  bool keyed = false;  // a digest that nobody can make without a key
  friend auto operator<=>(const Check&, const Check&) = default;
};

// What has been proved of a value by now.
struct Proved {
  SourceId source = 0;
  SymbolId proof = 0;
  TraceId trace = 0;
  friend auto operator<=>(const Proved&, const Proved&) = default;
};
using Checked = std::vector<Proved>;  // sorted

// Where a value came in.
struct Source {
  const Rule* rule = nullptr;
  std::string label, name;
  std::uint32_t finding = 0;
  bool reported = false;
  SourceIndex text = 0;
  NodeId at = 0;
  std::string function;
  const FunctionDef* def = nullptr;  // of a parameter: whose
};

enum class Outcome : std::uint8_t { kNext, kReturn, kRaise, kBreak, kContinue };

// A path as people write it: what everybody can use without an import, and what is not known, stay away.
std::string shown_name(std::string_view path);

// Runs the texts of one package with values that stand for many. Gives findings and definitions.
class Interpreter {
 public:
  Interpreter(RuleIndex& rules, Analysis& analysis, std::uint64_t max_steps);
  ~Interpreter();

  // Before run(): all modules, by ascending index.
  void add(std::uint32_t module, Tree tree, const std::string& name, const std::string& package,
           bool install);
  void run();

 private:
  struct Trace {
    TraceId parent;
    SourceIndex text;
    NodeId at;
    SymbolId what, function;
    std::uint32_t depth;
  };
  struct Change {
    Frame* frame;
    SymbolId name;
    ValueId value;
    bool fresh;
  };
  using Changes = std::vector<Change>;
  struct Branch {
    std::size_t mark;
    Checked checked;
  };
  struct Result {
    ValueId value = 0;
    Checked checked;
    std::uint64_t epoch = 0;
    std::uint64_t context = 0;
  };
  struct Call {
    Frame* frame = nullptr;
    ValueId returned = 0, yielded = 0;
    bool returns = false;
    Checked checked;
  };

  void begin_entry();

  // statements.cpp
  Outcome run_block(NodeId block);
  Outcome run_statement(NodeId at);
  Outcome run_if(NodeId at, NodeId alternative);
  void narrow(NodeId condition, bool holds);
  Outcome run_for(NodeId at);
  Outcome run_while(NodeId at);
  Outcome run_try(NodeId at);
  Outcome run_with(NodeId at);
  Outcome run_match(NodeId at);
  Outcome run_loop_body(NodeId at);
  bool brings(ValueId old, ValueId value) const;
  void check_return(ValueId value, NodeId at);
  void run_assert(NodeId at);
  void define_function(NodeId at, const std::vector<NodeId>& decorators);
  void define_class(NodeId at, const std::vector<NodeId>& decorators);
  FunctionDef* function_of(NodeId at, bool lambda);
  void read_parameters(FunctionDef& def, NodeId parameters);
  ValueId decorate(ValueId value, const std::vector<NodeId>& decorators, FunctionDef* def);
  bool main_guard(NodeId condition) const;
  std::optional<bool> truth(ValueId value) const;

  Branch branch();
  Changes leave(const Branch& branch, Checked& checked_after);
  void merge(const Branch& before, const Changes& a, Outcome a_ends, const Checked& a_checked,
             const Changes& b, Outcome b_ends, const Checked& b_checked);
  void redo(const Changes& changes, bool may);

  // expressions.cpp
  ValueId evaluate(NodeId at);
  ValueId evaluate_inner(NodeId at);
  ValueId evaluate_name(NodeId at);
  ValueId evaluate_attribute(NodeId at);
  ValueId evaluate_subscript(NodeId at);
  ValueId slice_of_list(ValueId base, const std::optional<std::array<ConstantId, 3>>& bounds, NodeId at);
  ValueId evaluate_string(NodeId at);
  ValueId evaluate_concatenation(NodeId at);
  ValueId evaluate_binary(NodeId at);
  ValueId evaluate_comparison(NodeId at);
  ValueId evaluate_comprehension(NodeId at);
  ValueId evaluate_display(NodeId at);
  ValueId evaluate_dictionary(NodeId at);
  ValueId evaluate_call(NodeId at);
  ValueId evaluate_lambda(NodeId at);
  ValueId evaluate_conditional(NodeId at);
  ValueId binary(std::string_view op, ValueId a, ValueId b, NodeId at);
  std::optional<ValueId> lists_together(ValueId a, ValueId b, NodeId at);
  ValueId compare(ValueId a, ValueId b, bool equal);
  ValueId concatenated(const std::vector<ValueId>& parts);
  ConstantId text_only(ValueId value) const;
  void comprehend(NodeId clause, NodeId body, ValueId& elements, std::vector<ValueId>* exact, bool pair);

  // names.cpp
  ValueId lookup(SymbolId name, NodeId at);
  void assign(NodeId target, ValueId value);
  void assign_name(SymbolId name, ValueId value);
  void set(Frame* frame, SymbolId name, ValueId value);
  ValueId attribute(ValueId base, SymbolId name, NodeId at);
  ValueId attribute_of_class(ClassDef* cls, SymbolId name, ValueId self, int depth);
  void call_setters(Facet instance, SymbolId name, ValueId value, NodeId at);
  void store_attribute(ValueId base, SymbolId name, ValueId value, NodeId at);
  ValueId item(ValueId base, ValueId key, NodeId at);
  void store_item(ValueId base, ValueId key, ValueId value, NodeId at);
  ValueId special(Facet instance, std::string_view name, const std::vector<ValueId>& given, NodeId at);
  ValueId iterated(ValueId over, NodeId at);
  ValueId as_text(ValueId value, NodeId at);
  ValueId element(ValueId of);
  std::optional<std::vector<ValueId>> elements(ValueId of, std::size_t most);
  void add_to_field(Object& object, SymbolId name, ValueId value);
  void add_to_any(Object& object, ValueId value);
  SymbolId key_symbol(ValueId key);
  ValueId new_object(Object::Kind kind, NodeId at, int salt = 0);
  ValueId tuple_object(std::vector<ValueId> items, NodeId at, int salt);
  Object& object(std::uint32_t index) { return objects_[index]; }
  ValueId matched_read(ValueId value, NodeId at);

  // imports.cpp
  std::pair<NodeId, NodeId> imported_name(NodeId at) const;
  void run_import(NodeId at);
  void run_import_from(NodeId at);
  ValueId import_module(const std::string& dotted, bool top);
  void import_star(const std::string& dotted);
  std::uint32_t package_object(const std::string& dotted);
  std::string relative(NodeId at) const;
  // Something in this module is nested too deeply to be looked at: the report must not be surer than that.
  void not_looked_at() { analysis_.modules[script().module].exhausted = true; }
  std::optional<SourceIndex> find_module(const std::string& dotted) const;
  void run_text(SourceIndex text);

  // calls.cpp
  ValueId call(ValueId callee, Arguments& arguments, NodeId at);
  ValueId call_function(std::uint32_t function, Arguments& arguments, NodeId at);
  ValueId call_local(FunctionDef& def, Frame* closure, ValueId self, Arguments& arguments, NodeId at);
  ValueId call_class(ClassDef& cls, Arguments& arguments, NodeId at);
  ValueId call_path(PathId path, ValueId callee, Arguments& arguments, NodeId at);
  ValueId run_function(FunctionDef& def, Frame* frame);
  void bind(FunctionDef& def, Frame* frame, ValueId self, const Arguments& arguments, NodeId at);
  void enter_freely(FunctionDef& def);
  ValueId annotated(const FunctionDef& def, const Parameter& parameter, bool& plain);
  ValueId super_attribute(SymbolId name);
  ValueId parent();
  void enter_all();
  void enter_closures();
  ValueId function_value(Function function);
  ValueId bind_self(ValueId callee, ValueId self);
  void called_by(ValueId function, const Rule& rule, int depth = 0);
  std::vector<PathId> outer_bases(const ClassDef* cls) const;
  const Rule* given_to_method(const FunctionDef& def);
  void call_back(ValueId callee, const std::vector<ValueId>& values, NodeId at);

  // models.cpp: what the standard library's functions do with values
  bool is_modelled(PathId path);
  std::optional<ValueId> model(PathId path, ValueId callee, Arguments& arguments, NodeId at);
  ValueId run_code(ValueId code, ValueId scope, NodeId at, bool expression);
  std::optional<SourceIndex> hidden_text(const Constant& code, NodeId at);
  ValueId method_of_constant(ValueId self, std::string_view name, Arguments& arguments, NodeId at,
                             bool& known);
  std::optional<ValueId> method_of_object(ValueId self, SymbolId name, Arguments& arguments, NodeId at);
  ValueId term(std::string_view what, const std::vector<ValueId>& parts);
  void write_file(ValueId file, ValueId data);
  ValueId file_taints(ValueId path);
  ConstantId known_deep(ValueId value);
  std::optional<ValueId> call_given(std::string_view path, Arguments& arguments, NodeId at);
  ValueId mapped(Arguments& arguments, NodeId at);
  void call_key(const Arguments& arguments, ValueId each, NodeId at);
  ValueId reduced(Arguments& arguments, NodeId at);
  std::optional<ValueId> container(std::string_view path, Arguments& arguments, NodeId at);
  std::optional<ValueId> file_model(std::string_view path, ValueId callee, Arguments& arguments, NodeId at);
  void run_command(Arguments& arguments, NodeId at);
  bool append_constant(NodeId target, ValueId self, std::string_view name, const Arguments& arguments);
  std::optional<ValueId> reflection(std::string_view path, ValueId callee, Arguments& arguments, NodeId at);

  // findings.cpp
  void apply_rules(PathId path, ValueId callee, Arguments& arguments, NodeId at, ValueId& result,
                   bool& clean);
  bool conditions_hold(const Rule& rule, const Arguments& arguments);
  std::string command_line(const std::vector<ValueId>& words) const;
  ValueId argument(const Arguments& arguments, const std::string& which, bool* given = nullptr);
  void sink(const Rule& rule, const std::string& name, ValueId value, NodeId at);
  ValueId source(const Rule& rule, const std::string& name, NodeId at, ValueId influenced);
  bool has_room(std::uint32_t most);
  std::uint32_t found(const Rule& rule, const std::string& name, NodeId at);
  void flow(SourceId source, TraceId trace, const Rule& rule, const std::string& name,
            std::uint32_t sink_finding, NodeId at);
  void report_source(Source& source);
  ValueId stepped(ValueId value, NodeId at, std::string_view what);
  TraceId trace(TraceId parent, NodeId at, std::string_view what);
  ValueId deep_taints(ValueId value, int depth);
  ValueId taints(const Arguments& arguments);
  ValueId secrets(ValueId value);  // its taints that are secrets
  bool from_outside(ValueId value) const;
  ValueId without_unknown(ValueId value);
  ValueId without_callers(ValueId value, ValueId& callers);
  Place place(SourceIndex text, NodeId at) const;
  std::string code_at(SourceIndex text, NodeId at) const;
  std::string fill(const std::string& message, const std::map<std::string, std::string>& values) const;
  Step step(SourceIndex text, NodeId at, std::string what, std::string function) const;
  bool nothing_known(ValueId value) const;
  void sink_call(const Rule& rule, const std::string& name, const Arguments& arguments, NodeId at);
  void check_strings(ConstantId constant, NodeId at);
  void report_strings(std::string_view text, NodeId at, const std::vector<std::string>& layers);
  void report_measure(std::string_view measure, double value, NodeId at,
                      const std::vector<std::string>& layers);
  void drop_intermediate_flows();
  void check_literals();
  std::vector<Origin> sources_of(ValueId value) const;
  bool same_data(TraceId a, TraceId b) const;
  ValueId checked_by(const Rule& rule, ValueId callee, const Arguments& arguments);
  ValueId check_value(Check check);
  void apply_verdicts(ValueId condition, bool holds);
  void add_checked(const std::vector<Origin>& sources, SymbolId proof);
  std::string_view phase_name() const;
  void finish_definitions();

  Script& script() { return *texts_[current_]; }
  const Tree& tree() const { return texts_[current_]->tree; }
  std::string_view word(NodeId at) const { return tree().text(at); }
  PathId builtin(SymbolId name);  // what a name means that nothing defines; 0: nothing
  SymbolId symbol_of(NodeId at);  // a node's text
  const Node& node(NodeId at) const { return tree()[at]; }
  std::string function_name() const;

  Values values_;
  Folder fold_;
  RuleIndex& rules_;
  Analysis& analysis_;
  const std::uint64_t max_steps_;  // of one entry: a module's top level, or a function as anybody may call it
  std::uint64_t all_steps_ = 0;    // of all entries so far

  std::vector<std::unique_ptr<Script>> texts_;
  std::map<std::string, SourceIndex, std::less<>> modules_;
  std::map<std::string, std::uint32_t, std::less<>> packages_;  // objects of modules and of what holds them
  std::deque<Frame> frames_;
  std::deque<Object> objects_;
  std::map<std::tuple<SourceIndex, NodeId, int, std::uint64_t>, std::uint32_t> object_ids_;
  std::deque<ClassDef> classes_;
  std::map<std::tuple<SourceIndex, NodeId, Frame*>, ClassDef*> class_ids_;
  std::deque<FunctionDef> defs_;
  std::map<std::pair<SourceIndex, NodeId>, FunctionDef*> def_ids_;
  std::deque<Function> functions_;
  std::map<Function, std::uint32_t> function_ids_;
  std::vector<Check> checks_;
  std::map<Check, std::uint32_t> check_ids_;
  std::vector<Source> sources_;
  std::map<std::tuple<const Rule*, SourceIndex, NodeId>, SourceId> source_ids_;
  std::vector<Trace> traces_;
  std::map<std::tuple<TraceId, SourceIndex, NodeId, SymbolId>, TraceId> trace_ids_;
  std::map<std::tuple<const Rule*, SourceIndex, NodeId, std::string>, std::uint32_t> finding_ids_;
  std::map<std::tuple<SourceId, const Rule*, SourceIndex, NodeId>, std::uint32_t> flow_ids_;
  std::unordered_map<std::string, Result> results_;
  std::map<ConstantId, ValueId> files_;        // what was written where
  std::map<ConstantId, ValueId> directories_;  // and into what directory
  ValueId module_path_ = 0;                    // what lies where modules are looked for
  std::unordered_set<ConstantId> searched_;
  std::map<std::pair<ConstantId, NodeId>, SourceIndex> hidden_;
  std::vector<std::int64_t> builtins_;  // by symbol: its path; -1: not looked up yet
  std::vector<signed char> modelled_;   // by path: whether model() knows it; -1: not looked up yet
  std::map<const FunctionDef*, std::set<PathId>> outer_calls_;
  std::set<const FunctionDef*> calls_local_;

  SourceIndex current_ = 0;
  Frame* frame_ = nullptr;
  Call* call_ = nullptr;
  ValueId thrown_ = 0;  // what exceptions carry that were raised in the try statement that is under way
  Checked checked_;
  std::vector<Change> trail_;
  std::uint32_t branches_ = 0;
  std::uint64_t context() const { return active_.empty() ? 0 : active_.back().context; }
  std::uint64_t contexts_ = 0;
  std::map<std::uint32_t, std::uint32_t> counts_;               // of findings, by module
  std::size_t next_def_ = 0, next_own_ = 0, next_closure_ = 0;  // to be entered
  std::vector<FunctionDef*> handed_late_;
  std::uint64_t steps_ = 0, epoch_ = 0;
  std::uint32_t depth_ = 0, calls_deep_ = 0, loops_ = 0, layers_deep_ = 0, elifs_ = 0;
  std::uint64_t unrolled_ = 0;
  std::vector<bool>
      caller_sources_;  // by source: whether it is a parameter of a function that anybody may call
  bool exhausted_ = false, raised_ = false;
  SourceIndex entered_ = 0;  // the text of what runs now: a module's top level, or a function
  enum class Phase : std::uint8_t { kRun, kImport, kInstall } phase_ = Phase::kRun;
  struct Active {
    const FunctionDef* def;
    std::string key;
    std::uint64_t context;  // one for each way to call a function
  };
  std::vector<Active> active_;
  PathId unknown_ = 0;
};

}  // namespace pilothouse::audit
