#pragma once

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pilothouse::audit {

using SymbolId = std::uint32_t;    // an interned text
using PathId = std::uint32_t;      // a dotted path; 0: none
using ConstantId = std::uint32_t;  // 0: none
using LayersId = std::uint32_t;    // what was undone to get a constant; 0: nothing
using ValueId = std::uint32_t;     // a set of facets; 0: nothing is known
using SourceId = std::uint32_t;    // where a value came in from outside
using TraceId = std::uint32_t;     // how it got where it is; 0: not at all

// One thing that a value may be. The kind is in the upper bits, an index into the kind's table in the lower.
enum class FacetKind : std::uint32_t { kPath, kFunction, kObject, kConstant, kTaint, kCheck };

struct Facet {
  std::uint32_t bits = 0;
  Facet(FacetKind kind, std::uint32_t index) : bits(static_cast<std::uint32_t>(kind) << 28 | index) {}
  FacetKind kind() const { return static_cast<FacetKind>(bits >> 28); }
  std::uint32_t index() const { return bits & 0x0FFFFFFF; }
  friend auto operator<=>(const Facet&, const Facet&) = default;
};

enum class ConstantKind : std::uint8_t { kNone, kBool, kInteger, kText, kBytes, kTuple, kTerm };

// A copy of a value's facets, which are few.
using FacetList = boost::container::static_vector<Facet, 48>;

// A constant of Python. kTerm is no constant, but an expression with a fixed shape, such as the joining of
// two unknown parts: equal terms mean the same file.
struct Constant {
  ConstantKind kind = ConstantKind::kNone;
  LayersId layers = 0;
  std::int64_t number = 0;        // kBool, kInteger
  std::string text;               // kText (UTF-8), kBytes, kTerm
  std::vector<ConstantId> items;  // kTuple
};

// Interns all that values are made of. Values never change; the same facets have the same id. One thread.
class Values {
 public:
  Values();
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;

  SymbolId symbol(std::string_view text);
  const std::string& text(SymbolId symbol) const { return *symbol_texts_[symbol]; }

  PathId path(std::string_view dotted);
  PathId attribute(PathId base, SymbolId name);  // "base.name"
  PathId called(PathId base);                    // "base()"
  PathId item(PathId base);                      // "base[]"
  const std::string& path_text(PathId path) const { return paths_[path].text; }
  std::size_t path_count() const { return paths_.size(); }

  ConstantId constant(Constant value);
  const Constant& constant(ConstantId id) const { return constants_[id]; }
  ConstantId text_constant(std::string text, LayersId layers = 0);
  ConstantId bytes_constant(std::string bytes, LayersId layers = 0);
  ConstantId integer(std::int64_t number, LayersId layers = 0);

  LayersId layers(LayersId below, std::string_view layer);  // one more, unless it is the last already
  LayersId both(LayersId a, LayersId b);
  const std::vector<std::string>& layer_names(LayersId id) const { return layer_lists_[id]; }

  // That a value came from a source, on a way. In one value there is one taint for each source, the oldest.
  ValueId taint(SourceId source, TraceId trace);
  SourceId taint_source(std::uint32_t taint) const { return taints_[taint].source; }
  TraceId taint_trace(std::uint32_t taint) const { return taints_[taint].trace; }

  ValueId value(Facet facet);
  ValueId value(FacetList facets);  // in any order
  std::span<const Facet> facets(ValueId value) const {
    const Set set = sets_[value];
    return {pool_.data() + set.begin, set.size};
  }
  // The same for as long as one likes: making values moves what facets() shows.
  FacetList list(ValueId value) const {
    const auto shown = facets(value);
    return FacetList(shown.begin(), shown.end());
  }
  ValueId join(ValueId a, ValueId b);
  // Only the facets of a kind, or all but those.
  ValueId only(ValueId value, FacetKind kind);
  ValueId without(ValueId value, FacetKind kind);
  bool has(ValueId value, FacetKind kind) const;

  ValueId of_path(PathId path) { return path == 0 ? 0 : value(Facet(FacetKind::kPath, path)); }
  ValueId of_constant(ConstantId id) { return id == 0 ? 0 : value(Facet(FacetKind::kConstant, id)); }
  ValueId of_text(std::string text) { return of_constant(text_constant(std::move(text))); }
  // The one constant that a value is; 0 when it may be several or something else. Terms do not count.
  ConstantId known(ValueId value) const;
  const Constant* known_text(ValueId value) const;  // kText only
  ConstantId term(ValueId value) const;             // its kTerm or text constant; 0 when there is none

  std::size_t value_count() const { return sets_.size(); }
  std::uint64_t bytes() const { return bytes_; }  // an estimate of the memory held

 private:
  struct Path {
    std::string text;
    std::uint16_t parts = 0;
  };
  struct Set {
    std::uint32_t begin, size;
  };
  // Sets by their content, so that one that is only being looked for need not be stored.
  struct SetHash {
    using is_transparent = void;
    const Values* values;
    std::size_t operator()(std::span<const Facet> facets) const;
    std::size_t operator()(ValueId value) const { return (*this)(values->facets(value)); }
  };
  struct SetEqual {
    using is_transparent = void;
    const Values* values;
    bool operator()(ValueId a, ValueId b) const { return a == b; }
    bool operator()(std::span<const Facet> a, ValueId b) const {
      return std::ranges::equal(a, values->facets(b));
    }
    bool operator()(ValueId a, std::span<const Facet> b) const { return (*this)(b, a); }
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Taint {
    SourceId source;
    TraceId trace;
  };
  void bound(FacetList& facets) const;
  ValueId interned(std::span<const Facet> facets);
  PathId add_path(std::string text, std::uint16_t parts);
  PathId extend(PathId base, std::uint32_t what, std::string_view suffix, std::uint16_t parts);

  std::unordered_map<std::string, SymbolId, TextHash, std::equal_to<>> symbols_;
  std::vector<const std::string*> symbol_texts_;
  std::deque<Path> paths_;  // texts stay where they are
  std::unordered_map<std::string, PathId, TextHash, std::equal_to<>> path_ids_;
  boost::unordered_flat_map<std::uint64_t, PathId> extensions_;
  std::deque<Constant> constants_;
  std::unordered_map<std::string, ConstantId, TextHash, std::equal_to<>> constant_ids_;
  std::vector<std::vector<std::string>> layer_lists_;
  std::vector<Taint> taints_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> taint_ids_;
  std::vector<Facet> pool_;
  std::vector<Set> sets_;
  boost::unordered_flat_set<ValueId, SetHash, SetEqual> set_ids_;
  boost::unordered_flat_map<std::uint64_t, ValueId> joins_;
  std::uint64_t bytes_ = 0;
};

}  // namespace pilothouse::audit
