#include <algorithm>

#include "store/sqlite/filter.h"
#include "store/sqlite/listings.h"
#include "store/text_search.h"
#include "tape/chunk.h"
#include "tape/span_block.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;
using base::error;

// A page that finds little ends after this many blocks, so that one question cannot hold a reader for long.
constexpr int kBlocksPerPage = 64;

std::uint32_t find_computation_index(const tape::SpanBlock& block, std::string_view dask_id) {
  const auto found = std::find(block.computations.begin(), block.computations.end(), dask_id);
  return found == block.computations.end() ? tape::kNone
                                           : static_cast<std::uint32_t>(found - block.computations.begin());
}

template <class Index>
std::optional<std::string> text_or_none(const std::vector<std::string_view>& texts, Index index) {
  if (index == tape::kNone) return std::nullopt;
  return std::string(texts[index]);
}

// Walks one block from its first span and gives those that match, from `first` on.
class BlockScan {
 public:
  BlockScan(const tape::SpanBlock& block, std::string_view dask_id, const Query& query)
      : block_(block), computation_(find_computation_index(block, dask_id)) {
    if (query.status) erred_ = *query.status == "erred";
    if (query.text) search_.emplace(*query.text);
  }

  // Fills `items` up to `limit`; the index of the span to go on with, or the block's size when it is done.
  std::size_t collect(std::size_t first, std::int64_t limit, std::vector<model::SpanView>& items) const {
    std::size_t key_offset = 0;
    std::size_t action_offset = 0;
    for (std::size_t i = 0; i < block_.size(); ++i) {
      const std::string_view key = block_.key_bytes.substr(key_offset, block_.key_length[i]);
      if (i >= first && matches(i, key)) {
        if (static_cast<std::int64_t>(items.size()) == limit) return i;
        items.push_back(view(i, key, action_offset));
      }
      key_offset += block_.key_length[i];
      action_offset += block_.action_count[i];
    }
    return block_.size();
  }

 private:
  bool matches(std::size_t i, std::string_view key) const {
    if (computation_ == tape::kNone || block_.computation[i] != computation_) return false;
    if (erred_ && *erred_ != is_erred(i)) return false;
    return !search_ || search_->found_in(key);
  }

  bool is_erred(std::size_t i) const {
    return block_.status[i] == static_cast<std::uint8_t>(tape::SpanStatus::kErred);
  }

  model::SpanView view(std::size_t i, std::string_view key, std::size_t action_offset) const {
    model::SpanView span;
    span.key = key;
    span.group = block_.groups[block_.group[i]];
    span.worker = text_or_none(block_.workers, block_.worker[i]);
    span.thread = block_.thread[i];
    span.erred = is_erred(i);
    span.nbytes = block_.nbytes[i];
    span.type = text_or_none(block_.types, block_.type[i]);
    for (std::size_t k = action_offset; k < action_offset + block_.action_count[i]; ++k) {
      span.actions.push_back({std::string(block_.action_names[block_.action[k]]), block_.action_start[k],
                              block_.action_stop[k]});
    }
    return span;
  }

  const tape::SpanBlock& block_;
  std::uint32_t computation_;
  std::optional<bool> erred_;
  std::optional<TextSearch> search_;
};

}  // namespace

base::Result<Page<model::SpanView>> list_spans(Connection& connection, const Query& query) {
  const std::int64_t computation = query.computation.value();
  std::string dask_id;
  {
    Statement row = connection.query(
        "SELECT k.dask_id FROM computations k JOIN clusters c ON c.id = k.cluster WHERE k.id = ? AND "
        "k.workspace = ? AND c.removed_us IS NULL",
        computation, query.workspace);
    if (!row.step()) return error(Errc::kNotFound, "there is no computation " + std::to_string(computation));
    dask_id = row.string(0);
  }

  const Cursor start = query.cursor.value_or(Cursor{});
  Filter filter(
      "SELECT b.id, b.compressed, b.raw_length, b.payload FROM span_shares s JOIN span_blocks b ON b.id = "
      "s.block "
      "WHERE");
  filter.add(" s.computation = ?#", computation).add(" AND s.block >= ?#", start.major);
  if (query.status) filter.add(*query.status == "erred" ? " AND s.erred > 0" : " AND s.erred < s.spans");
  filter.add(" ORDER BY s.block");

  Page<model::SpanView> page;
  int blocks = 0;
  Statement row = filter.run(connection);
  while (row.step()) {
    const std::int64_t id = row.integer(0);
    const bool full = static_cast<std::int64_t>(page.items.size()) == query.limit;
    if (full || blocks == kBlocksPerPage) {
      page.next = Cursor{id, 0};
      break;
    }
    ++blocks;
    tape::ChunkView chunk;
    chunk.compressed = row.integer(1) != 0;
    chunk.raw_length = static_cast<std::uint32_t>(row.integer(2));
    chunk.payload = row.text(3);
    const auto payload = tape::raw_payload(chunk);
    if (!payload) return error(Errc::kStorage, "a stored span block is damaged: " + payload.error().message);
    const auto block = tape::decode_span_block(*payload);
    if (!block) return error(Errc::kStorage, "a stored span block is damaged: " + block.error().message);

    const std::size_t first = id == start.major ? static_cast<std::size_t>(start.minor) : 0;
    const std::size_t stopped = BlockScan(*block, dask_id, query).collect(first, query.limit, page.items);
    if (stopped < block->size()) {
      page.next = Cursor{id, static_cast<std::int64_t>(stopped)};
      break;
    }
  }
  return page;
}

}  // namespace pilothouse::store::sqlite
