#include "store/sqlite/fingerprints.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/natural_order.h"
#include "base/saturate.h"
#include "store/sqlite/filter.h"
#include "store/sqlite/listings.h"

namespace pilothouse::store::sqlite {
namespace {

using base::saturating_add;

constexpr std::size_t kMostNames = 20;  // of users, and of versions of each kind

// What many clusters have in common: user, python, dask, distributed.
using Origin = std::tuple<std::string, std::string, std::string, std::string>;

// The clusters whose exceptions count, each with the number of its origin.
struct Clusters {
  std::vector<Origin> origins;
  std::unordered_map<std::int64_t, std::uint32_t> numbers;
};

Clusters load_clusters(Connection& connection, const Query& query) {
  Filter filter("SELECT c.id, c.user, c.python, c.dask, c.distributed FROM clusters c WHERE");
  filter.add(" c.workspace = ?#", query.workspace).add(kNotRemoved).add(" AND c.exception_groups > 0");
  filter.add_if(" AND c.id = ?#", query.cluster).add_if(" AND c.user = ?#", query.user);
  Clusters clusters;
  std::map<Origin, std::uint32_t> known;
  for (Statement row = filter.run(connection); row.step();) {
    Origin origin(row.string(1), row.string(2), row.string(3), row.string(4));
    const auto [entry, fresh] = known.try_emplace(origin, static_cast<std::uint32_t>(known.size()));
    if (fresh) clusters.origins.push_back(std::move(origin));
    clusters.numbers.emplace(row.integer(0), entry->second);
  }
  return clusters;
}

// One fingerprint without its texts.
struct Sums {
  std::int64_t id = 0;      // of the first of its groups: it stays the same
  std::int64_t newest = 0;  // the group that was seen last
  std::int64_t count = 0;
  std::int64_t blamed = 0;
  std::int64_t clusters = 0;
  std::int64_t computations = 0;
  base::Micros first_us = 0;
  base::Micros last_us = 0;
  std::vector<std::uint32_t> origins;

  std::pair<base::Micros, std::int64_t> place() const { return {last_us, id}; }
};

// Reads groups in the order of their fingerprints and keeps those that belong to the page.
class Gatherer {
 public:
  Gatherer(const Clusters& clusters, const Query& query)
      : clusters_(clusters), query_(query), seen_(clusters.origins.size()) {}

  void add(const Statement& row) {
    const auto cluster = clusters_.numbers.find(row.integer(2));
    if (cluster == clusters_.numbers.end()) return;
    if (row.text(0) != fingerprint_ || now_.count == 0) {
      end();
      fingerprint_ = row.text(0);
      ++number_;
      now_ = {};
      now_.id = row.integer(1);
      now_.first_us = row.integer(6);
      now_.last_us = -1;
    }
    if (row.integer(7) > now_.last_us) {
      now_.last_us = row.integer(7);
      now_.newest = row.integer(1);
    }
    now_.count = saturating_add(now_.count, row.integer(3));
    now_.blamed = saturating_add(now_.blamed, row.integer(4));
    now_.computations = saturating_add(now_.computations, row.integer(5));
    now_.first_us = std::min(now_.first_us, row.integer(6));
    now_.clusters += 1;
    if (std::exchange(seen_[cluster->second], number_) != number_) now_.origins.push_back(cluster->second);
  }

  // One more than the page has room for, if there are so many; in order.
  std::vector<Sums> take() {
    end();
    const auto behind = [](const Sums& a, const Sums& b) { return a.place() > b.place(); };
    const auto most = static_cast<std::size_t>(query_.limit) + 1;
    const auto last = found_.begin() + static_cast<std::ptrdiff_t>(std::min(most, found_.size()));
    std::partial_sort(found_.begin(), last, found_.end(), behind);
    found_.erase(last, found_.end());
    return std::move(found_);
  }

 private:
  void end() {
    if (now_.count == 0) return;
    const bool given = query_.cursor && now_.place() >= std::pair(query_.cursor->major, query_.cursor->minor);
    if (!given) found_.push_back(std::move(now_));
  }

  const Clusters& clusters_;
  const Query& query_;
  std::string fingerprint_;
  std::uint64_t number_ = 0;         // of the fingerprint
  Sums now_;                         // of it, so far
  std::vector<std::uint64_t> seen_;  // the last fingerprint of each origin
  std::vector<Sums> found_;
};

struct InNaturalOrder {
  bool operator()(std::string_view a, std::string_view b) const { return base::natural_compare(a, b) < 0; }
};

template <std::size_t kPart>
std::vector<std::string> names_of(const Clusters& clusters, const Sums& sums) {
  std::set<std::string_view, InNaturalOrder> names;
  for (const std::uint32_t origin : sums.origins) names.insert(std::get<kPart>(clusters.origins[origin]));
  std::vector<std::string> list;
  list.reserve(std::min(names.size(), kMostNames));
  for (const std::string_view name : names) {
    if (list.size() == kMostNames) break;
    list.emplace_back(name);
  }
  return list;
}

model::FingerprintView view_of(Connection& connection, const Clusters& clusters, const Sums& sums) {
  Statement row = connection.query(
      "SELECT fingerprint, type, message, traceback FROM exception_groups WHERE id = ?", sums.newest);
  row.step();
  return {row.string(0),
          row.string(1),
          row.string(2),
          row.string(3),
          sums.count,
          sums.blamed,
          sums.first_us,
          sums.last_us,
          sums.clusters,
          sums.computations,
          names_of<0>(clusters, sums),
          names_of<1>(clusters, sums),
          names_of<2>(clusters, sums),
          names_of<3>(clusters, sums)};
}

}  // namespace

base::Result<Page<model::FingerprintView>> list_fingerprints(Connection& connection, const Query& query) {
  if (const auto known = require_cluster(connection, query); !known) return known.error();
  const Clusters clusters = load_clusters(connection, query);
  Filter filter(
      "SELECT x.fingerprint, x.id, x.cluster, x.count, x.blamed, x.computations, x.first_us, x.last_us "
      "FROM exception_groups x WHERE");
  filter.add(" x.workspace = ?#", query.workspace).add(" AND x.count > 0");
  filter.add_if(" AND x.cluster = ?#", query.cluster);
  filter.add_if(" AND x.last_us >= ?#", query.since).add_if(" AND x.first_us < ?#", query.until);
  filter.add_if(" AND x.type = ?#", query.type);
  filter.add_if(" AND (contains(x.type, ?#) OR contains(x.message, ?#) OR contains(x.traceback, ?#))",
                query.text);
  filter.add(" ORDER BY x.fingerprint, x.id");
  Gatherer gatherer(clusters, query);
  for (Statement row = filter.run(connection); row.step();) gatherer.add(row);

  Page<model::FingerprintView> page;
  const std::vector<Sums> found = gatherer.take();
  for (const Sums& sums : found) {
    if (static_cast<std::int64_t>(page.items.size()) == query.limit) {
      const Sums& last = found[page.items.size() - 1];
      page.next = Cursor{last.last_us, last.id};
      break;
    }
    page.items.push_back(view_of(connection, clusters, sums));
  }
  return page;
}

}  // namespace pilothouse::store::sqlite
