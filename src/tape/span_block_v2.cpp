#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>
#include <utility>

#include "base/utf8.h"
#include "tape/pair_table.h"
#include "tape/planes.h"
#include "tape/span_block_parts.h"
#include "tape/zstd_frame.h"

namespace pilothouse::tape {
namespace {

using base::Errc;
using base::error;

constexpr std::string_view kBlockMagic = "PHS2";
constexpr std::size_t kBlockHeader = 16;  // magic, n, m, number of sections
constexpr std::size_t kSectionEntry =
    24;  // id 2, flags 2, stored 4, raw 4, zero 4, XXH3-64 of the stored bytes 8
constexpr std::uint32_t kMaxSections = 64;
constexpr std::uint16_t kSectionZstd = 1;

enum class Section : std::uint16_t { kDictionaries = 1, kColumns = 2, kKeys = 3, kIds = 4 };

// What a span did, without when: its status and the names of its actions.
struct Shape {
  std::uint8_t status = 0;
  std::string_view actions;  // indices of action names, one byte each
};

// --- encoding
// ------------------------------------------------------------------------------------------------

void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

void put_dictionary(std::string& out, const std::vector<std::string>& texts) {
  put(out, static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) put_text(out, text);
}

class Encoder {
 public:
  Encoder(const SpanBlockBuilder& block, const PackingLevels& levels) : block_(block), levels_(levels) {
    for (auto* column : {&group_, &lane_, &shape_}) column->reserve(block.size());
    idle_.reserve(block.size());
    for (auto* column : {&gap_, &duration_}) column->reserve(block.action.size());
    find_entries();
    find_times();
  }

  std::string finish() {
    ShortKeysBuilder keys = short_keys();
    const std::array sections{
        packed(Section::kDictionaries, dictionaries(), levels_.dictionaries),
        stored(Section::kColumns, columns()),
        packed(Section::kKeys, texts(keys), levels_.keys),
        stored(Section::kIds, std::move(keys.ids)),
    };
    std::string out(kBlockMagic);
    put(out, static_cast<std::uint32_t>(block_.size()));
    put(out, static_cast<std::uint32_t>(block_.action.size()));
    put(out, static_cast<std::uint32_t>(sections.size()));
    for (const Packed& section : sections) {
      put(out, section.id);
      put(out, section.flags);
      put(out, static_cast<std::uint32_t>(section.bytes.size()));
      put(out, section.raw_length);
      put(out, std::uint32_t{0});
      put(out, XXH3_64bits(section.bytes.data(), section.bytes.size()));
    }
    for (const Packed& section : sections) out.append(section.bytes);
    return out;
  }

 private:
  struct Packed {
    Section id;
    std::uint16_t flags;
    std::uint32_t raw_length;
    std::string bytes;
  };

  static Packed stored(Section id, std::string raw) {
    const auto length = static_cast<std::uint32_t>(raw.size());
    return {id, 0, length, std::move(raw)};
  }

  static Packed packed(Section id, std::string raw, int level) {
    std::string frame;
    if (!append_zstd_frame(frame, raw, level)) return stored(id, std::move(raw));
    return {id, kSectionZstd, static_cast<std::uint32_t>(raw.size()), std::move(frame)};
  }

  // Dictionary entries of what comes in pairs: (computation, group), (worker, thread), (status, actions).
  void find_entries() {
    std::size_t action = 0;
    const std::string_view actions(reinterpret_cast<const char*>(block_.action.data()), block_.action.size());
    for (std::size_t i = 0; i < block_.size(); ++i) {
      const std::size_t count = block_.action_count[i];
      group_.push_back(groups_.index(block_.computation[i], block_.group[i]));
      lane_.push_back(lanes_.index(block_.worker[i], block_.thread[i]));
      shape_.push_back(shape_index({block_.status[i], actions.substr(action, count)}));
      action += count;
    }
  }

  std::uint32_t shape_index(const Shape& shape) {
    constexpr std::size_t kFits = 14;  // action names that fit into a pair beside status and count
    std::array<std::uint64_t, 2> key{};
    auto* bytes = reinterpret_cast<unsigned char*>(key.data());
    bytes[0] = shape.status;
    bytes[1] = static_cast<unsigned char>(shape.actions.size());
    if (shape.actions.size() > kFits) {
      shapes_.push_back(shape);
      return static_cast<std::uint32_t>(shapes_.size() - 1);
    }
    std::copy(shape.actions.begin(), shape.actions.end(), bytes + 2);
    const std::uint32_t number = shape_numbers_.index(key[0], key[1]);
    if (number == shape_places_.size()) {
      shape_places_.push_back(static_cast<std::uint32_t>(shapes_.size()));
      shapes_.push_back(shape);
    }
    return shape_places_[number];
  }

  void find_times() {
    base_ = block_.action_start.empty() ? 0 : block_.action_start.front();
    std::vector<base::Micros> free_from(lanes_.size(), base_);
    std::size_t action = 0;
    for (std::size_t i = 0; i < block_.size(); ++i) {
      base::Micros& last = free_from[lane_[i]];
      for (std::size_t k = 0; k < block_.action_count[i]; ++k, ++action) {
        const base::Micros start = block_.action_start[action];
        const base::Micros stop = block_.action_stop[action];
        (k == 0 ? idle_ : gap_).push_back(wrapped_difference(start, last));
        duration_.push_back(wrapped_difference(stop, start));
        last = stop;
      }
    }
  }

  std::string dictionaries() const {
    std::string out;
    put_dictionary(out, block_.computations);
    put(out, static_cast<std::uint32_t>(groups_.size()));
    for (const auto& [computation, group] : groups_.pairs()) {
      put(out, static_cast<std::uint32_t>(computation));
      put_text(out, block_.groups[group]);
    }
    put_dictionary(out, block_.workers);
    put_dictionary(out, block_.types);
    put_dictionary(out, block_.action_names);
    put(out, static_cast<std::uint32_t>(lanes_.size()));
    for (const auto& [worker, thread] : lanes_.pairs()) {
      put(out, static_cast<std::uint32_t>(worker));
      put(out, thread);
    }
    put(out, static_cast<std::uint32_t>(shapes_.size()));
    for (const Shape& shape : shapes_) {
      put(out, shape.status);
      put(out, static_cast<std::uint8_t>(shape.actions.size()));
      out.append(shape.actions);
    }
    return out;
  }

  std::string columns() const {
    std::vector<std::uint32_t> type;
    type.reserve(block_.size());
    for (const std::uint32_t index : block_.type) type.push_back(index + 1);  // kNone becomes 0
    std::string out;
    put(out, base_);
    for (const std::vector<std::uint32_t>* column : {&group_, &lane_, &shape_, &std::as_const(type)}) {
      put_planes(out, *column, levels_.columns);
    }
    for (const std::vector<std::int64_t>* column : {&block_.nbytes, &idle_, &gap_, &duration_}) {
      put_signed_planes(out, *column, levels_.columns);
    }
    return out;
  }

  ShortKeysBuilder short_keys() const {
    ShortKeysBuilder keys;
    keys.length.reserve(block_.size());
    std::string_view rest = block_.key_bytes;
    for (std::size_t i = 0; i < block_.size(); ++i) {
      keys.add(rest.substr(0, block_.key_length[i]), block_.groups[block_.group[i]]);
      rest.remove_prefix(block_.key_length[i]);
    }
    return keys;
  }

  std::string texts(const ShortKeysBuilder& keys) const {
    std::string out;
    out.reserve(keys.texts.size() + keys.length.size() + kBlockHeader);
    put_planes(out, keys.length, levels_.keys);
    return out += keys.texts;
  }

  const SpanBlockBuilder& block_;
  const PackingLevels levels_;
  PairTable groups_, lanes_, shape_numbers_;
  std::vector<Shape> shapes_;
  std::vector<std::uint32_t> shape_places_;  // of the shapes in shape_numbers_
  base::Micros base_ = 0;
  std::vector<std::uint32_t> group_, lane_, shape_;
  std::vector<std::int64_t> idle_, gap_, duration_;
};

// --- decoding
// ------------------------------------------------------------------------------------------------

class Decoder {
 public:
  Decoder(std::string_view payload, SpanBlock reuse) : payload_(payload), block_(std::move(reuse)) {
    for (auto* texts :
         {&block_.computations, &block_.groups, &block_.workers, &block_.types, &block_.action_names})
      texts->clear();
    block_.lanes.clear();
    block_.key_length.clear();
    block_.key_bytes = {};
    block_.unpacked.clear();
    block_.made_keys.reset();
    block_.short_keys.length.clear();
    block_.short_keys.texts = block_.short_keys.ids = {};
  }

  base::Result<SpanBlock> decode(Keys keys) {
    if (!find_sections()) return broken_;
    if (!dictionaries() || !columns()) return broken_;
    if (keys != Keys::kSkip && !short_keys()) return broken_;
    if (keys == Keys::kRead) make_keys();
    return std::move(block_);
  }

 private:
  bool refuse(std::string why, Errc code = Errc::kMalformed) {
    broken_ = error(code, std::move(why));
    return false;
  }

  struct Stored {
    bool there = false;
    std::uint16_t flags = 0;
    std::uint32_t raw_length = 0;
    std::uint64_t checksum = 0;
    std::string_view bytes;
  };

  bool find_sections() {
    Reader in(payload_);
    in.take(kBlockMagic.size());
    n_ = in.take<std::uint32_t>();
    m_ = in.take<std::uint32_t>();
    const auto count = in.take<std::uint32_t>();
    if (!in.ok()) return refuse("a span block ends within its counts");
    if (n_ > kMaxSpans || m_ > kMaxActions) {
      return refuse("a span block has too many spans or actions", Errc::kTooLarge);
    }
    if (count > kMaxSections) return refuse("a span block has too many sections", Errc::kTooLarge);
    Reader table(in.take(count * kSectionEntry));
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
      const auto id = table.take<std::uint16_t>();
      Stored section;
      section.there = true;
      section.flags = table.take<std::uint16_t>();
      const auto length = table.take<std::uint32_t>();
      section.raw_length = table.take<std::uint32_t>();
      table.take<std::uint32_t>();
      section.checksum = table.take<std::uint64_t>();
      section.bytes = in.take(length);
      if (id == 0 || id >= sections_.size()) continue;  // of a later version
      if (sections_[id].there) return refuse("a span block has a section twice");
      sections_[id] = section;
    }
    if (!in.at_end()) return refuse("a span block's sections do not end where its payload ends");
    return true;
  }

  // The section's raw bytes, which live as long as the block.
  bool open(Section id, std::string_view& raw) {
    const Stored& section = sections_[static_cast<std::size_t>(id)];
    if (!section.there) return refuse("a span block lacks a section");
    if (XXH3_64bits(section.bytes.data(), section.bytes.size()) != section.checksum) {
      return refuse("a section's checksum does not match");
    }
    if ((section.flags & ~kSectionZstd) != 0) return refuse("a section has unknown flags");
    if (section.raw_length > kMaxPayload) return refuse("a section is over 8 MiB", Errc::kTooLarge);
    if ((section.flags & kSectionZstd) == 0) {
      raw = section.bytes;
      return raw.size() == section.raw_length ||
             refuse("a section's two lengths differ although it is not packed");
    }
    auto unpacked = std::make_unique_for_overwrite<char[]>(section.raw_length);
    if (!read_zstd_frame(section.bytes, unpacked.get(), section.raw_length)) {
      return refuse("a section does not decompress to its stated length");
    }
    raw = {unpacked.get(), section.raw_length};
    block_.unpacked.push_back(std::move(unpacked));
    return true;
  }

  bool dictionaries() {
    std::string_view raw;
    if (!open(Section::kDictionaries, raw)) return false;
    Reader in(raw);
    const bool read = take_dictionary(in, block_.computations, kMaxSpans) && take_groups(in) &&
                      take_dictionary(in, block_.workers, kMaxSpans) &&
                      take_dictionary(in, block_.types, kMaxSpans) &&
                      take_dictionary(in, block_.action_names, kMaxActionNames) && take_lanes(in) &&
                      take_shapes(in) && in.at_end();
    return read || refuse("a span block's dictionary is broken");
  }

  bool take_groups(Reader& in) {
    const auto count = in.take<std::uint32_t>();
    if (!in.ok() || count > n_) return false;
    for (std::uint32_t i = 0; i < count; ++i) {
      group_computations_.push_back(in.take<std::uint32_t>());
      const std::string_view text = in.take(in.take<std::uint32_t>());
      if (!in.ok() || !base::is_utf8(text)) return false;
      block_.groups.push_back(text);
    }
    return true;
  }

  bool take_lanes(Reader& in) {
    const auto count = in.take<std::uint32_t>();
    if (!in.ok() || count > n_) return false;
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
      const auto worker = in.take<std::uint32_t>();
      block_.lanes.emplace_back(worker, in.take<std::uint64_t>());
    }
    return in.ok();
  }

  bool take_shapes(Reader& in) {
    const auto count = in.take<std::uint32_t>();
    if (!in.ok() || count > n_) return false;
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
      const auto status = in.take<std::uint8_t>();
      shapes_.push_back({status, in.take(in.take<std::uint8_t>())});
    }
    return in.ok();
  }

  // What the entries of the dictionaries say of each other; then a span needs no look of its own.
  bool entries_fit() {
    const auto fits = [](std::uint32_t index, std::size_t size) { return index < size || index == kNone; };
    for (const std::uint32_t computation : group_computations_) {
      if (!fits(computation, block_.computations.size())) return false;
    }
    for (const auto& [worker, thread] : block_.lanes) {
      if (!fits(worker, block_.workers.size())) return false;
    }
    for (const Shape& shape : shapes_) {
      for (const char action : shape.actions) {
        if (static_cast<std::uint8_t>(action) >= block_.action_names.size()) return false;
      }
    }
    return true;
  }

  bool columns() {
    std::string_view raw;
    if (!open(Section::kColumns, raw)) return false;
    Reader in(raw);
    const auto base = in.take<base::Micros>();
    std::vector<std::uint32_t> shape;
    std::vector<std::int64_t> idle, gap, duration;
    bool read = take_planes(in, n_, block_.group) && take_planes(in, n_, block_.lane) &&
                take_planes(in, n_, shape) && take_planes(in, n_, block_.type) &&
                take_signed_planes(in, n_, block_.nbytes);
    if (!read || !count_actions(shape)) return refuse("a span block's columns are broken");
    read = take_signed_planes(in, acting_, idle) && take_signed_planes(in, m_ - acting_, gap) &&
           take_signed_planes(in, m_, duration);
    if (!read || !in.at_end()) return refuse("a span block's columns are broken");

    // A type is stored as its index + 1.
    const auto outside = [](const std::vector<std::uint32_t>& indices, std::size_t size) {
      std::uint32_t highest = 0;
      for (const std::uint32_t index : indices) highest = std::max(highest, index);
      return !indices.empty() && highest >= size;
    };
    if (outside(block_.group, block_.groups.size()) || outside(block_.lane, block_.lanes.size()) ||
        outside(block_.type, block_.types.size() + 1) || !entries_fit()) {
      return refuse("a span block points outside a dictionary");
    }
    const auto unknown = [](const Shape& entry) { return entry.status > 1; };
    if (std::any_of(shapes_.begin(), shapes_.end(), unknown)) {
      return refuse("a span block has an unknown status");
    }

    resize(block_, n_, m_);
    for (std::size_t i = 0; i < n_; ++i) {
      block_.computation[i] = group_computations_[block_.group[i]];
      std::tie(block_.worker[i], block_.thread[i]) = block_.lanes[block_.lane[i]];
      block_.type[i] -= 1;  // 0 becomes kNone
      block_.status[i] = shapes_[shape[i]].status;
      block_.action_count[i] = static_cast<std::uint8_t>(shapes_[shape[i]].actions.size());
    }
    return times(base, shape, idle, gap, duration) || refuse("a span block has a time before 1970");
  }

  bool count_actions(const std::vector<std::uint32_t>& shape) {
    std::size_t actions = 0;
    for (const std::uint32_t index : shape) {
      if (index >= shapes_.size()) return false;
      const std::size_t count = shapes_[index].actions.size();
      actions += count;
      acting_ += count > 0 ? 1 : 0;
    }
    return actions == m_;
  }

  static void resize(SpanBlock& block, std::size_t n, std::size_t m) {
    block.computation.resize(n);
    block.worker.resize(n);
    block.thread.resize(n);
    block.status.resize(n);
    block.action_count.resize(n);
    block.action.resize(m);
    block.action_start.resize(m);
    block.action_stop.resize(m);
  }

  // Sums wrap: hostile ones come out negative or odd. False when one of them is negative.
  bool times(base::Micros origin, const std::vector<std::uint32_t>& shape,
             const std::vector<std::int64_t>& idle, const std::vector<std::int64_t>& gap,
             const std::vector<std::int64_t>& duration) {
    std::vector<base::Micros> free_from(block_.lanes.size(), origin);
    std::size_t action = 0;
    std::size_t next_idle = 0;
    std::size_t next_gap = 0;
    base::Micros all = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      base::Micros& last = free_from[block_.lane[i]];
      bool first = true;
      for (const char name : shapes_[shape[i]].actions) {
        const base::Micros start = wrapped_sum(last, first ? idle[next_idle++] : gap[next_gap++]);
        last = wrapped_sum(start, duration[action]);
        all |= start | last;
        block_.action[action] = static_cast<std::uint8_t>(name);
        block_.action_start[action] = start;
        block_.action_stop[action] = last;
        first = false;
        ++action;
      }
    }
    return all >= 0;
  }

  bool short_keys() {
    std::string_view raw;
    ShortKeys& keys = block_.short_keys;
    if (!open(Section::kKeys, raw) || !open(Section::kIds, keys.ids)) return false;
    Reader in(raw);
    if (!take_planes(in, n_, keys.length)) return refuse("a span block's key lengths are broken");
    keys.texts = in.rest();
    const auto sound = check_short_keys(keys, block_.groups, block_.group);
    return sound || refuse(sound.error().message, sound.error().code);
  }

  void make_keys() {
    auto keys = std::make_unique<std::string>();
    KeyMaker maker(block_.short_keys);
    block_.key_length.reserve(n_);
    for (std::size_t i = 0; i < n_; ++i) {
      const std::size_t before = keys->size();
      maker.append(i, block_.groups[block_.group[i]], *keys);
      block_.key_length.push_back(static_cast<std::uint32_t>(keys->size() - before));
    }
    block_.key_bytes = *keys;
    block_.made_keys = std::move(keys);
  }

  std::string_view payload_;
  std::uint32_t n_ = 0;
  std::uint32_t m_ = 0;
  std::uint32_t acting_ = 0;  // spans with an action
  std::array<Stored, 5> sections_;
  std::vector<std::uint32_t> group_computations_;
  std::vector<Shape> shapes_;
  SpanBlock block_;
  base::Error broken_{Errc::kMalformed, {}};
};

}  // namespace

std::string encode_span_block(const SpanBlockBuilder& block, const PackingLevels& levels) {
  return Encoder(block, levels).finish();
}

bool is_span_block_v2(std::string_view payload) {
  return payload.size() >= kBlockHeader && payload.starts_with(kBlockMagic);
}

base::Result<SpanBlock> decode_span_block_v2(std::string_view payload, Keys keys, SpanBlock reuse) {
  return Decoder(payload, std::move(reuse)).decode(keys);
}

}  // namespace pilothouse::tape
