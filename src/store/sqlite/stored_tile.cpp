#include "store/sqlite/stored_tile.h"

#include "base/saturate.h"
#include "base/varint.h"

namespace pilothouse::store::sqlite {
namespace {

void put_ids(std::string& out, const std::vector<std::int64_t>& ids) {
  base::put_varint(out, ids.size());
  std::int64_t before = 0;
  for (const std::int64_t id : ids) base::put_signed_varint(out, id - std::exchange(before, id));
}

bool take_ids(base::VarintReader& in, std::vector<std::int64_t>& ids) {
  ids.clear();
  const std::uint64_t count = in.take();
  if (count > in.rest().size()) return false;
  std::int64_t id = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    id = base::saturating_add(id, in.take_signed());
    ids.push_back(id);
  }
  return in.ok();
}

base::Error damaged_rows() {
  return base::error(base::Errc::kStorage, "the dictionaries of a stored timeline are damaged");
}

}  // namespace

std::string encode_tile_rows(const TileRows& rows) {
  std::string out;
  put_ids(out, rows.lanes);
  put_ids(out, rows.groups);
  return out;
}

base::Result<void> read_tile_lanes(std::string_view encoded_rows, std::vector<std::int64_t>& lanes) {
  base::VarintReader in(encoded_rows);
  if (!take_ids(in, lanes)) return damaged_rows();
  return {};
}

base::Result<void> read_stored_tile(std::string_view encoded_rows, std::string_view encoded_tile,
                                    TileRows& rows, model::TimelineTile& tile) {
  const auto decoded = model::decode_tile(encoded_tile, tile);
  if (!decoded) return base::error(base::Errc::kStorage, decoded.error().message);
  base::VarintReader in(encoded_rows);
  if (!take_ids(in, rows.lanes) || !take_ids(in, rows.groups) || !in.at_end() ||
      rows.lanes.size() != tile.lanes || rows.groups.size() != tile.groups) {
    return damaged_rows();
  }
  return {};
}

}  // namespace pilothouse::store::sqlite
