#include "tape/planes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

#include "tape/zstd_frame.h"

namespace pilothouse::tape {
namespace {

enum class Packing : std::uint8_t { kConstant = 0, kRaw = 1, kZstd = 2 };

constexpr std::size_t kWorthPacking = 64;  // bytes; a frame's own head would be most of a shorter one
constexpr std::size_t kLeastGain =
    32;  // one part in so many must be saved, or unpacking is not worth its time

void put_plane(std::string& out, std::string_view plane, int level) {
  if (plane.find_first_not_of(plane.front()) == std::string_view::npos) {
    put(out, Packing::kConstant);
    out += plane.front();
    return;
  }
  const std::size_t start = out.size();
  put(out, Packing::kZstd);
  put(out, std::uint32_t{0});
  const std::size_t frame = out.size();
  const bool packed = plane.size() >= kWorthPacking && append_zstd_frame(out, plane, level);
  if (packed && out.size() - frame + plane.size() / kLeastGain <= plane.size()) {
    const auto length = static_cast<std::uint32_t>(out.size() - frame);
    std::memcpy(out.data() + start + 1, &length, sizeof length);
    return;
  }
  out.resize(start);
  put(out, Packing::kRaw);
  out.append(plane);
}

template <class Value>
void put_values(std::string& out, std::span<const Value> values, int level) {
  Value all = 0;
  for (const Value value : values) all |= value;
  const auto planes = static_cast<int>((std::bit_width(all) + 7) / 8);
  put(out, static_cast<std::uint8_t>(planes));
  std::string bytes(values.size(), '\0');
  for (int plane = 0; plane < planes; ++plane) {
    std::transform(values.begin(), values.end(), bytes.begin(),
                   [plane](Value value) { return static_cast<char>(value >> (8 * plane)); });
    put_plane(out, bytes, level);
  }
}

// The plane's bytes: where they lie, or in `room`, which has place for them. nullptr when they are broken.
const std::uint8_t* take_plane(Reader& in, std::size_t count, char* room) {
  const char* bytes = nullptr;
  switch (in.take<Packing>()) {
    case Packing::kConstant:
      std::memset(room, in.take<char>(), count);
      bytes = room;
      break;
    case Packing::kRaw:
      bytes = in.take(count).data();
      break;
    case Packing::kZstd: {
      const std::string_view frame = in.take(in.take<std::uint32_t>());
      if (in.ok() && read_zstd_frame(frame, room, count)) bytes = room;
      break;
    }
  }
  return in.ok() ? reinterpret_cast<const std::uint8_t*>(bytes) : nullptr;
}

template <std::size_t Planes, class Value>
void join(const std::array<const std::uint8_t*, 8>& planes, std::vector<Value>& values) {
  using Bits = std::make_unsigned_t<Value>;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Bits value = 0;
    for (std::size_t plane = 0; plane < Planes; ++plane) value |= Bits{planes[plane][i]} << (8 * plane);
    values[i] = static_cast<Value>(value);
  }
}

template <class Value, std::size_t... Planes>
void join(std::size_t count, const std::array<const std::uint8_t*, 8>& planes, std::vector<Value>& values,
          std::index_sequence<Planes...>) {
  // A loop for each number of planes, so that the compiler can unroll it.
  ((count == Planes ? join<Planes>(planes, values) : void()), ...);
}

template <class Value>
bool take(Reader& in, std::size_t count, std::vector<Value>& values) {
  const std::size_t planes = in.take<std::uint8_t>();
  if (!in.ok() || planes > sizeof(Value) || (planes > 0 && count == 0)) return false;
  const auto room = std::make_unique_for_overwrite<char[]>(planes * count);
  std::array<const std::uint8_t*, 8> bytes{};
  for (std::size_t plane = 0; plane < planes; ++plane) {
    bytes[plane] = take_plane(in, count, room.get() + plane * count);
    if (bytes[plane] == nullptr) return false;
  }
  values.resize(count);
  join(planes, bytes, values, std::make_index_sequence<sizeof(Value) + 1>());
  return true;
}

}  // namespace

void put_planes(std::string& out, std::span<const std::uint32_t> values, int level) {
  put_values(out, values, level);
}

void put_signed_planes(std::string& out, std::span<const std::int64_t> values, int level) {
  std::int64_t all = 0;
  for (const std::int64_t value : values) all |= value;
  const bool folded = all < 0;
  std::vector<std::uint64_t> column(values.size());
  std::transform(values.begin(), values.end(), column.begin(), [folded](std::int64_t value) {
    return folded ? zigzag(value) : static_cast<std::uint64_t>(value);
  });
  put(out, static_cast<std::uint8_t>(folded ? 1 : 0));
  put_values(out, std::span<const std::uint64_t>(column), level);
}

bool take_signed_planes(Reader& in, std::size_t count, std::vector<std::int64_t>& values) {
  const auto folded = in.take<std::uint8_t>();
  if (folded > 1 || !take(in, count, values)) return false;
  if (folded == 1) {
    for (std::int64_t& value : values) value = unzigzag(static_cast<std::uint64_t>(value));
  }
  return true;
}

bool take_planes(Reader& in, std::size_t count, std::vector<std::uint32_t>& values) {
  return take(in, count, values);
}

}  // namespace pilothouse::tape
