#include <algorithm>
#include <utility>

#include "store/group_names.h"
#include "store/span_keys.h"
#include "store/sqlite/filter.h"
#include "store/sqlite/listings.h"
#include "store/sqlite/stored_block.h"
#include "store/text_search.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;
using base::error;

// A page that finds little ends after this many blocks, so that one question cannot hold a reader for long.
constexpr std::int64_t kBlocksPerPage = 64;

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

bool is_erred(const tape::SpanBlock& block, std::size_t i) {
  return block.status[i] == static_cast<std::uint8_t>(tape::SpanStatus::kErred);
}

model::SpanView view_span(const tape::SpanBlock& block, std::size_t i, std::string_view key,
                          std::size_t action_offset) {
  model::SpanView span;
  span.key = key;
  span.group = block.groups[block.group[i]];
  span.worker = text_or_none(block.workers, block.worker[i]);
  span.thread = block.thread[i];
  span.erred = is_erred(block, i);
  span.nbytes = block.nbytes[i];
  span.type = text_or_none(block.types, block.type[i]);
  for (std::size_t k = action_offset; k < action_offset + block.action_count[i]; ++k) {
    span.actions.push_back(
        {std::string(block.action_names[block.action[k]]), block.action_start[k], block.action_stop[k]});
  }
  return span;
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
        items.push_back(view_span(block_, i, key, action_offset));
      }
      key_offset += block_.key_length[i];
      action_offset += block_.action_count[i];
    }
    return block_.size();
  }

 private:
  bool matches(std::size_t i, std::string_view key) const {
    if (computation_ == tape::kNone || block_.computation[i] != computation_) return false;
    if (erred_ && *erred_ != is_erred(block_, i)) return false;
    return !search_ || search_->found_in(key);
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
    const auto stored = read_stored_block(row, 1);
    if (!stored) return stored.error();
    const tape::SpanBlock& block = stored->block;
    const std::size_t first = id == start.major ? static_cast<std::size_t>(start.minor) : 0;
    const std::size_t stopped = BlockScan(block, dask_id, query).collect(first, query.limit, page.items);
    if (stopped < block.size()) {
      page.next = Cursor{id, static_cast<std::int64_t>(stopped)};
      break;
    }
  }
  return page;
}

base::Result<Page<model::FoundSpan>> find_spans(Connection& connection, const Query& query) {
  if (const auto known = require_cluster(connection, query); !known) return known.error();
  const std::string& key = query.key.value();
  const Cursor start = query.cursor.value_or(Cursor{});
  Filter filter(
      "SELECT DISTINCT s.block FROM groups g JOIN computations k ON k.id = g.computation "
      "JOIN clusters c ON c.id = k.cluster JOIN span_shares s ON s.computation = k.id WHERE");
  filter.add(" s.block >= ?#", start.major)
      .add(" AND c.removed_us IS NULL AND k.workspace = ?#", query.workspace);
  filter.add_if(" AND k.cluster = ?#", query.cluster).add_if(" AND k.id = ?#", query.computation);
  filter.add(" AND g.name IN (NULL");
  for (std::string& name : possible_group_names(key)) filter.add(", ?#", std::move(name));
  filter.add(
      ") AND (s.first_us IS NULL OR g.first_start_us IS NULL OR "
      "(s.last_us >= g.first_start_us AND s.first_us <= g.last_stop_us)) ORDER BY s.block");
  filter.add(" LIMIT ?#", kBlocksPerPage + 1);

  std::vector<std::int64_t> blocks;
  for (Statement row = filter.run(connection); row.step();) blocks.push_back(row.integer(0));
  Page<model::FoundSpan> page;
  for (std::size_t number = 0; number < blocks.size(); ++number) {
    const std::int64_t id = blocks[number];
    if (number == kBlocksPerPage) {
      page.next = Cursor{id, 0};
      break;
    }
    Statement row =
        connection.query("SELECT cluster, compressed, raw_length, payload FROM span_blocks WHERE id = ?", id);
    if (!row.step()) continue;
    const std::int64_t cluster = row.integer(0);
    const auto stored = read_stored_block(row, 1);
    if (!stored) return stored.error();
    const tape::SpanBlock& block = stored->block;
    const SpanKeys keys(block);
    std::size_t action = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const std::size_t first = std::exchange(action, action + block.action_count[i]);
      const bool before = id == start.major && static_cast<std::int64_t>(i) < start.minor;
      if (before || block.computation[i] == tape::kNone || keys.at(i) != key) continue;
      Statement computation =
          connection.query("SELECT id FROM computations WHERE cluster = ? AND dask_id = ?", cluster,
                           block.computations[block.computation[i]]);
      if (!computation.step() ||
          computation.integer(0) != query.computation.value_or(computation.integer(0))) {
        continue;
      }
      if (static_cast<std::int64_t>(page.items.size()) == query.limit) {
        page.next = Cursor{id, static_cast<std::int64_t>(i)};
        return page;
      }
      page.items.push_back({cluster, computation.integer(0), view_span(block, i, key, first)});
    }
  }
  return page;
}

}  // namespace pilothouse::store::sqlite
