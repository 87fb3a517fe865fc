#include "tape/planes.h"

#include <algorithm>
#include <bit>

#include "tape/zstd_frame.h"

namespace pilothouse::tape {
namespace {

enum class Packing : std::uint8_t { kConstant = 0, kRaw = 1, kZstd = 2 };

constexpr std::size_t kWorthPacking = 64;  // bytes; a frame's own head would be most of a shorter one

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
  if (plane.size() >= kWorthPacking && append_zstd_frame(out, plane, level)) {
    const auto length = static_cast<std::uint32_t>(out.size() - frame);
    std::memcpy(out.data() + start + 1, &length, sizeof length);
    return;
  }
  out.resize(start);
  put(out, Packing::kRaw);
  out.append(plane);
}

bool take_plane(Reader& in, std::string& plane) {
  switch (in.take<Packing>()) {
    case Packing::kConstant:
      plane.assign(plane.size(), in.take<char>());
      return in.ok();
    case Packing::kRaw: {
      const std::string_view bytes = in.take(plane.size());
      std::copy(bytes.begin(), bytes.end(), plane.begin());
      return in.ok();
    }
    case Packing::kZstd: {
      const std::string_view frame = in.take(in.take<std::uint32_t>());
      return in.ok() && read_zstd_frame(frame, plane.data(), plane.size());
    }
  }
  return false;
}

}  // namespace

void put_planes(std::string& out, std::span<const std::uint64_t> values, int level) {
  std::uint64_t all = 0;
  for (const std::uint64_t value : values) all |= value;
  const auto planes = static_cast<int>((std::bit_width(all) + 7) / 8);
  put(out, static_cast<std::uint8_t>(planes));
  std::string bytes(values.size(), '\0');
  for (int plane = 0; plane < planes; ++plane) {
    std::transform(values.begin(), values.end(), bytes.begin(),
                   [plane](std::uint64_t value) { return static_cast<char>(value >> (8 * plane)); });
    put_plane(out, bytes, level);
  }
}

bool take_planes(Reader& in, std::size_t count, std::vector<std::uint64_t>& values) {
  const auto planes = in.take<std::uint8_t>();
  if (!in.ok() || planes > 8 || (planes > 0 && count == 0)) return false;
  values.assign(count, 0);
  std::string bytes(count, '\0');
  for (int plane = 0; plane < planes; ++plane) {
    if (!take_plane(in, bytes)) return false;
    for (std::size_t i = 0; i < count; ++i) {
      values[i] |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * plane);
    }
  }
  return true;
}

}  // namespace pilothouse::tape
