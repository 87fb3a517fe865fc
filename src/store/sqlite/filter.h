#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/record_store.h"
#include "store/sqlite/connection.h"

namespace pilothouse::store::sqlite {

// Builds one SELECT with as many conditions as were asked for. Texts in `sql` are the program's own; what
// users give is always bound. "?#" in a piece stands for the value given with it.
class Filter {
 public:
  explicit Filter(std::string select) : sql_(std::move(select)) {}

  // Also where no condition is meant, as in the select list.
  Filter& add(std::string_view piece, Value value) {
    values_.push_back(std::move(value));
    const std::string number = "?" + std::to_string(values_.size());
    for (std::size_t at = 0; at < piece.size();) {
      const std::size_t mark = piece.find("?#", at);
      sql_.append(piece.substr(at, mark - at));
      if (mark == std::string_view::npos) break;
      sql_ += number;
      at = mark + 2;
    }
    return *this;
  }

  Filter& add(std::string_view piece) {
    sql_ += piece;
    return *this;
  }

  template <class T>
  Filter& add_if(std::string_view piece, const std::optional<T>& value) {
    return value ? add(piece, *value) : *this;
  }

  const std::string& sql() const { return sql_; }
  const std::vector<Value>& values() const { return values_; }

  Statement run(Connection& connection) const { return connection.query_with(sql_, values_); }

 private:
  std::string sql_;
  std::vector<Value> values_;
};

// "running", "stopped" or "lost" of cluster `c`; its "?#" is the time before which nothing was heard of a
// lost one; a recording that was found without its end is lost too. A time in the future counts as now, so a
// clock that was set back makes nothing lost.
inline constexpr std::string_view kClusterStatus =
    "CASE WHEN c.stop_us IS NOT NULL THEN iif(c.stop_reason = 'lost', 'lost', 'stopped') "
    "WHEN c.last_seen_us < ?# THEN 'lost' ELSE 'running' END";

// Cluster `c` was not removed by the workspace's retention.
inline constexpr std::string_view kNotRemoved = " AND c.removed_us IS NULL";

inline std::int64_t lost_before(const Viewpoint& viewpoint) {
  return viewpoint.now_us - viewpoint.lost_after_us;
}

// Reads up to `limit` rows; one more tells that a next page exists.
template <class Item, class Read, class Place>
Page<Item> read_page(Connection& connection, Filter& filter, std::int64_t limit, Read read, Place place) {
  filter.add(" LIMIT ?#", limit + 1);
  Statement row = filter.run(connection);
  Page<Item> page;
  while (row.step()) {
    if (static_cast<std::int64_t>(page.items.size()) == limit) {
      page.next = place(page.items.back());
      break;
    }
    page.items.push_back(read(row));
  }
  return page;
}

}  // namespace pilothouse::store::sqlite
