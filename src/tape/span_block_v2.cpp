#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>
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

enum class Section : std::uint16_t { kDictionaries = 1, kColumns = 2, kKeys = 3 };

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
    for (auto* column : {&group_, &lane_, &shape_, &idle_}) column->reserve(block.size());
    for (auto* column : {&gap_, &duration_}) column->reserve(block.action.size());
    find_entries();
    find_times();
  }

  std::string finish() {
    const std::array sections{
        packed(Section::kDictionaries, dictionaries(), levels_.dictionaries),
        stored(Section::kColumns, columns()),
        packed(Section::kKeys, keys(), levels_.keys),
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

  std::uint64_t shape_index(const Shape& shape) {
    constexpr std::size_t kFits = 14;  // action names that fit into a pair beside status and count
    std::array<std::uint64_t, 2> key{};
    auto* bytes = reinterpret_cast<unsigned char*>(key.data());
    bytes[0] = shape.status;
    bytes[1] = static_cast<unsigned char>(shape.actions.size());
    if (shape.actions.size() > kFits) {
      shapes_.push_back(shape);
      return shapes_.size() - 1;
    }
    std::copy(shape.actions.begin(), shape.actions.end(), bytes + 2);
    const std::uint32_t number = shape_numbers_.index(key[0], key[1]);
    if (number == shape_places_.size()) {
      shape_places_.push_back(shapes_.size());
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
        (k == 0 ? idle_ : gap_).push_back(zigzag(wrapped_difference(start, last)));
        duration_.push_back(zigzag(wrapped_difference(stop, start)));
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
    std::vector<std::uint64_t> type;
    std::vector<std::uint64_t> nbytes;
    type.reserve(block_.size());
    nbytes.reserve(block_.size());
    for (const std::uint32_t index : block_.type)
      type.push_back(index == kNone ? 0 : std::uint64_t{index} + 1);
    for (const std::int64_t size : block_.nbytes) nbytes.push_back(zigzag(size));
    std::string out;
    put(out, base_);
    for (const std::vector<std::uint64_t>* column : {&group_, &lane_, &shape_, &std::as_const(type),
                                                     &std::as_const(nbytes), &idle_, &gap_, &duration_}) {
      put_planes(out, *column, levels_.columns);
    }
    return out;
  }

  std::string keys() const {
    const std::vector<std::uint64_t> lengths(block_.key_length.begin(), block_.key_length.end());
    std::string out;
    out.reserve(block_.key_bytes.size() + lengths.size() + kBlockHeader);
    put_planes(out, lengths, levels_.keys);
    return out += block_.key_bytes;
  }

  const SpanBlockBuilder& block_;
  const PackingLevels levels_;
  PairTable groups_, lanes_, shape_numbers_;
  std::vector<Shape> shapes_;
  std::vector<std::size_t> shape_places_;  // of the shapes in shape_numbers_
  base::Micros base_ = 0;
  std::vector<std::uint64_t> group_, lane_, shape_, idle_, gap_, duration_;
};

// --- decoding
// ------------------------------------------------------------------------------------------------

class Decoder {
 public:
  explicit Decoder(std::string_view payload) : payload_(payload) {}

  base::Result<SpanBlock> decode(Keys keys) {
    if (!find_sections()) return broken_;
    if (!dictionaries() || !columns()) return broken_;
    if (keys == Keys::kRead && !this->keys()) return broken_;
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

  bool columns() {
    std::string_view raw;
    if (!open(Section::kColumns, raw)) return false;
    Reader in(raw);
    const auto base = in.take<base::Micros>();
    std::vector<std::uint64_t> group, lane, shape, type, nbytes, idle, gap, duration;
    bool read = take_planes(in, n_, group) && take_planes(in, n_, lane) && take_planes(in, n_, shape) &&
                take_planes(in, n_, type) && take_planes(in, n_, nbytes);
    if (!read || !count_actions(shape)) return refuse("a span block's columns are broken");
    read =
        take_planes(in, acting_, idle) && take_planes(in, m_ - acting_, gap) && take_planes(in, m_, duration);
    if (!read || !in.at_end()) return refuse("a span block's columns are broken");

    const auto outside = [](const std::vector<std::uint64_t>& indices, std::size_t size) {
      for (const std::uint64_t index : indices) {
        if (index >= size) return true;
      }
      return false;
    };
    if (outside(group, block_.groups.size()) || outside(lane, block_.lanes.size())) {
      return refuse("a span block points outside a dictionary");
    }

    resize(block_, n_, m_);
    for (std::size_t i = 0; i < n_; ++i) {
      block_.group[i] = static_cast<std::uint32_t>(group[i]);
      block_.computation[i] = group_computations_[group[i]];
      block_.lane[i] = static_cast<std::uint32_t>(lane[i]);
      block_.worker[i] = block_.lanes[lane[i]].first;
      block_.thread[i] = block_.lanes[lane[i]].second;
      // What does not fit an index becomes one that is outside every dictionary, and refused as such.
      block_.type[i] =
          type[i] == 0 ? kNone : static_cast<std::uint32_t>(std::min<std::uint64_t>(type[i] - 1, n_));
      block_.nbytes[i] = unzigzag(nbytes[i]);
      block_.status[i] = shapes_[shape[i]].status;
      block_.action_count[i] = static_cast<std::uint8_t>(shapes_[shape[i]].actions.size());
    }
    times(base, lane, shape, idle, gap, duration);
    return true;
  }

  bool count_actions(const std::vector<std::uint64_t>& shape) {
    std::size_t actions = 0;
    for (const std::uint64_t index : shape) {
      if (index >= shapes_.size()) return false;
      const std::size_t count = shapes_[index].actions.size();
      actions += count;
      acting_ += count > 0 ? 1 : 0;
    }
    return actions == m_;
  }

  static void resize(SpanBlock& block, std::size_t n, std::size_t m) {
    for (auto* column : {&block.computation, &block.group, &block.worker, &block.type, &block.lane})
      column->resize(n);
    block.thread.resize(n);
    block.nbytes.resize(n);
    block.status.resize(n);
    block.action_count.resize(n);
    block.action.resize(m);
    block.action_start.resize(m);
    block.action_stop.resize(m);
  }

  // Sums wrap: hostile ones come out negative or odd, and the checks that follow see them.
  void times(base::Micros origin, const std::vector<std::uint64_t>& lane,
             const std::vector<std::uint64_t>& shape, const std::vector<std::uint64_t>& idle,
             const std::vector<std::uint64_t>& gap, const std::vector<std::uint64_t>& duration) {
    std::vector<base::Micros> free_from(block_.lanes.size(), origin);
    std::size_t action = 0;
    std::size_t next_idle = 0;
    std::size_t next_gap = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      base::Micros& last = free_from[lane[i]];
      bool first = true;
      for (const char name : shapes_[shape[i]].actions) {
        const base::Micros start = wrapped_sum(last, unzigzag(first ? idle[next_idle++] : gap[next_gap++]));
        last = wrapped_sum(start, unzigzag(duration[action]));
        block_.action[action] = static_cast<std::uint8_t>(name);
        block_.action_start[action] = start;
        block_.action_stop[action] = last;
        first = false;
        ++action;
      }
    }
  }

  bool keys() {
    std::string_view raw;
    if (!open(Section::kKeys, raw)) return false;
    Reader in(raw);
    std::vector<std::uint64_t> lengths;
    if (!take_planes(in, n_, lengths)) return refuse("a span block's key lengths are broken");
    block_.key_bytes = in.rest();
    block_.key_length.reserve(n_);
    for (const std::uint64_t length : lengths) {
      block_.key_length.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(length, kNone)));
    }
    return true;
  }

  std::string_view payload_;
  std::uint32_t n_ = 0;
  std::uint32_t m_ = 0;
  std::uint32_t acting_ = 0;  // spans with an action
  std::array<Stored, 4> sections_;
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

base::Result<SpanBlock> decode_span_block_v2(std::string_view payload, Keys keys) {
  return Decoder(payload).decode(keys);
}

}  // namespace pilothouse::tape
