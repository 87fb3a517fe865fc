#include "base/fuzz.h"
#include "model/timeline_tile.h"

using namespace pilothouse;

// What is decoded is safe to use, and comes back the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  model::TimelineTile tile;
  if (!model::decode_tile(base::fuzz_text(data, size), tile)) return 0;
  std::size_t cells = 0;
  for (std::size_t row = 0; row < tile.rows(); ++row) {
    base::fuzz_expect(tile.row_bucket[row] <= static_cast<std::uint64_t>(model::kEndOfTime) >> tile.shift);
    cells += tile.row_cells[row];
  }
  base::fuzz_expect(cells == tile.cells());
  for (std::size_t i = 0; i < cells; ++i) {
    base::fuzz_expect(tile.lane[i] < tile.lanes && tile.group[i] < tile.groups);
  }
  for (std::size_t i = 0; i < tile.runs(); ++i) {
    base::fuzz_expect(tile.run_lane[i] < tile.lanes && tile.run_group[i] < tile.groups);
  }
  model::TimelineTile again;
  base::fuzz_expect(model::decode_tile(model::encode_tile(tile), again).has_value());
  base::fuzz_expect(again.row_bucket == tile.row_bucket && again.lane == tile.lane &&
                    again.spans == tile.spans);
  base::fuzz_expect(again.group_us == tile.group_us && again.action_start == tile.action_start);
  return 0;
}
