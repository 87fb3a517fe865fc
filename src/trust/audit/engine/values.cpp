#include "trust/audit/engine/values.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace pilothouse::audit {
namespace {

constexpr std::uint16_t kMaxParts = 12;
constexpr std::size_t kMaxPathText = 300;
// More than this many of a kind, and a value is no longer told apart by it.
constexpr std::array<std::size_t, 6> kMaxOfKind{6, 8, 8, 4, 8, 6};

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9E3779B97F4A7C15ULL + (hash << 6) + (hash >> 2);
  return hash * 0xFF51AFD7ED558CCDULL;
}

std::uint64_t hash_of(std::span<const Facet> facets) {
  std::uint64_t hash = facets.size();
  for (const Facet facet : facets) hash = mix(hash, facet.bits);
  return hash;
}

}  // namespace

std::size_t Values::SetHash::operator()(std::span<const Facet> facets) const { return hash_of(facets); }

Values::Values() : set_ids_(1024, SetHash{this}, SetEqual{this}) {
  paths_.emplace_back();
  constants_.emplace_back();
  layer_lists_.emplace_back();
  sets_.push_back({0, 0});
  set_ids_.insert(0);
  symbol("");
}

SymbolId Values::symbol(std::string_view text) {
  const auto found = symbols_.find(text);
  if (found != symbols_.end()) return found->second;
  const auto id = static_cast<SymbolId>(symbol_texts_.size());
  const auto made = symbols_.emplace(std::string(text), id).first;
  symbol_texts_.push_back(&made->first);
  bytes_ += text.size() + 96;
  return id;
}

PathId Values::add_path(std::string text, std::uint16_t parts) {
  const auto found = path_ids_.find(text);
  if (found != path_ids_.end()) return found->second;
  const auto id = static_cast<PathId>(paths_.size());
  bytes_ += 2 * text.size() + 160;
  path_ids_.emplace(text, id);
  paths_.push_back({std::move(text), parts});
  return id;
}

PathId Values::path(std::string_view dotted) {
  return add_path(std::string(dotted), static_cast<std::uint16_t>(1 + std::ranges::count(dotted, '.')));
}

PathId Values::extend(PathId base, std::uint32_t what, std::string_view suffix, std::uint16_t parts) {
  if (base == 0) return 0;
  const std::uint64_t key = static_cast<std::uint64_t>(base) << 32 | what;
  const auto found = extensions_.find(key);
  if (found != extensions_.end()) return found->second;
  PathId result = 0;
  const Path& path = paths_[base];
  if (path.parts + parts <= kMaxParts && path.text.size() + suffix.size() <= kMaxPathText) {
    result = add_path(path.text + std::string(suffix), static_cast<std::uint16_t>(path.parts + parts));
  }
  extensions_.emplace(key, result);
  return result;
}

PathId Values::attribute(PathId base, SymbolId name) { return extend(base, name + 2, "." + text(name), 1); }
PathId Values::called(PathId base) { return extend(base, 0, "()", 1); }
PathId Values::item(PathId base) { return extend(base, 1, "[]", 1); }

ConstantId Values::constant(Constant value) {
  std::string key;
  key.push_back(static_cast<char>('a' + static_cast<int>(value.kind)));
  key += std::to_string(value.layers) + '/' + std::to_string(value.number) + '/';
  for (const ConstantId item : value.items) key += std::to_string(item) + ',';
  key += value.text;
  const auto found = constant_ids_.find(key);
  if (found != constant_ids_.end()) return found->second;
  const auto id = static_cast<ConstantId>(constants_.size());
  bytes_ += 2 * key.size() + 200;
  constants_.push_back(std::move(value));
  constant_ids_.emplace(std::move(key), id);
  return id;
}

ConstantId Values::text_constant(std::string text, LayersId layers) {
  return constant(
      {.kind = ConstantKind::kText, .layers = layers, .number = 0, .text = std::move(text), .items = {}});
}
ConstantId Values::bytes_constant(std::string bytes, LayersId layers) {
  return constant(
      {.kind = ConstantKind::kBytes, .layers = layers, .number = 0, .text = std::move(bytes), .items = {}});
}
ConstantId Values::integer(std::int64_t number, LayersId layers) {
  return constant(
      {.kind = ConstantKind::kInteger, .layers = layers, .number = number, .text = {}, .items = {}});
}

LayersId Values::layers(LayersId below, std::string_view layer) {
  std::vector<std::string> names = layer_lists_[below];
  // The same thing again and again, as in a loop over characters, is one layer.
  if ((!names.empty() && names.back() == layer && layer != "base64" && layer != "zlib") ||
      names.size() >= 64) {
    return below;
  }
  names.emplace_back(layer);
  const auto found = std::ranges::find(layer_lists_, names);
  if (found != layer_lists_.end()) return static_cast<LayersId>(found - layer_lists_.begin());
  layer_lists_.push_back(std::move(names));
  return static_cast<LayersId>(layer_lists_.size() - 1);
}

LayersId Values::both(LayersId a, LayersId b) {
  return layer_lists_[a].size() >= layer_lists_[b].size() ? a : b;
}

// Sorted facets, without what is too many of a kind. Of constants none is left then: some would mislead.
void Values::bound(FacetList& facets) const {
  std::array<std::uint8_t, 6> counts{};
  for (const Facet facet : facets) ++counts[static_cast<std::size_t>(facet.kind())];
  const auto taints = counts[static_cast<std::size_t>(FacetKind::kTaint)];
  bool fits = taints < 2;
  for (std::size_t kind = 0; kind < counts.size(); ++kind) fits = fits && counts[kind] <= kMaxOfKind[kind];
  if (fits) return;
  std::array<std::uint8_t, 6> kept{};
  boost::container::static_vector<SourceId, 48> sources;
  const auto gone = std::remove_if(facets.begin(), facets.end(), [&](Facet facet) {
    const auto kind = static_cast<std::size_t>(facet.kind());
    if (facet.kind() == FacetKind::kConstant && counts[kind] > kMaxOfKind[kind]) return true;
    if (facet.kind() == FacetKind::kTaint) {
      const SourceId source = taints_[facet.index()].source;
      if (std::ranges::find(sources, source) != sources.end()) return true;
      sources.push_back(source);
    }
    return ++kept[kind] > kMaxOfKind[kind];
  });
  facets.erase(gone, facets.end());
}

ValueId Values::taint(SourceId source, TraceId trace) {
  const std::uint64_t key = static_cast<std::uint64_t>(source) << 32 | trace;
  const auto [at, made] = taint_ids_.emplace(key, static_cast<std::uint32_t>(taints_.size()));
  if (made) taints_.push_back({source, trace});
  return value(Facet(FacetKind::kTaint, at->second));
}

ValueId Values::interned(std::span<const Facet> facets) {
  const auto found = set_ids_.find(facets);
  if (found != set_ids_.end()) return *found;
  const auto id = static_cast<ValueId>(sets_.size());
  sets_.push_back({static_cast<std::uint32_t>(pool_.size()), static_cast<std::uint32_t>(facets.size())});
  pool_.insert(pool_.end(), facets.begin(), facets.end());
  set_ids_.insert(id);
  bytes_ += 40 + 4 * facets.size();
  return id;
}

ValueId Values::value(FacetList facets) {
  std::ranges::sort(facets);
  facets.erase(std::unique(facets.begin(), facets.end()), facets.end());
  bound(facets);
  return interned(facets);
}

ValueId Values::value(Facet facet) { return interned({&facet, 1}); }

ValueId Values::join(ValueId a, ValueId b) {
  if (a == b || b == 0) return a;
  if (a == 0) return b;
  if (a > b) std::swap(a, b);
  const std::uint64_t key = static_cast<std::uint64_t>(a) << 32 | b;
  const auto found = joins_.find(key);
  if (found != joins_.end()) return found->second;
  boost::container::static_vector<Facet, 96> both;
  std::ranges::set_union(facets(a), facets(b), std::back_inserter(both));
  // Two full values do not fit; what is too much goes anyway.
  if (both.size() > FacetList::static_capacity) both.resize(FacetList::static_capacity, both[0]);
  FacetList list(both.begin(), both.end());
  bound(list);
  const ValueId result = interned(list);
  joins_.emplace(key, result);
  bytes_ += 24;
  return result;
}

ValueId Values::only(ValueId value, FacetKind kind) {
  if (value == 0) return 0;
  FacetList kept;
  const auto all = facets(value);
  for (const Facet facet : all) {
    if (facet.kind() == kind) kept.push_back(facet);
  }
  if (kept.size() == all.size()) return value;
  return kept.empty() ? 0 : interned(kept);
}

ValueId Values::without(ValueId value, FacetKind kind) {
  if (!has(value, kind)) return value;
  FacetList kept;
  for (const Facet facet : facets(value)) {
    if (facet.kind() != kind) kept.push_back(facet);
  }
  return interned(kept);
}

bool Values::has(ValueId value, FacetKind kind) const {
  for (const Facet facet : facets(value)) {
    if (facet.kind() == kind) return true;
  }
  return false;
}

ConstantId Values::known(ValueId value) const {
  ConstantId result = 0;
  for (const Facet facet : facets(value)) {
    if (facet.kind() == FacetKind::kCheck || facet.kind() == FacetKind::kTaint) continue;
    // A list of constants is an object as well.
    if (facet.kind() == FacetKind::kObject) continue;
    if (facet.kind() != FacetKind::kConstant || result != 0) return 0;
    if (constants_[facet.index()].kind == ConstantKind::kTerm) return 0;
    result = facet.index();
  }
  return result;
}

const Constant* Values::known_text(ValueId value) const {
  const ConstantId id = known(value);
  return id != 0 && constants_[id].kind == ConstantKind::kText ? &constants_[id] : nullptr;
}

ConstantId Values::term(ValueId value) const {
  ConstantId result = 0;
  for (const Facet facet : facets(value)) {
    if (facet.kind() != FacetKind::kConstant) continue;
    const ConstantKind kind = constants_[facet.index()].kind;
    if (kind == ConstantKind::kTerm || kind == ConstantKind::kText) {
      if (result != 0) return 0;
      result = facet.index();
    }
  }
  return result;
}

}  // namespace pilothouse::audit
