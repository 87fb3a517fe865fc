#include "store/sqlite/retention.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "store/sqlite/doors.h"
#include "store/sqlite/filter.h"
#include "store/sqlite/fold_tiles.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;
using base::error;
using Steady = std::chrono::steady_clock;

// Rows that go between two looks at the clock: about a millisecond's work.
constexpr std::int64_t kRowsTogether = 200;

struct Block {
  std::int64_t id = 0;
  std::int64_t cluster = 0;
  std::int64_t spans = 0;
  std::int64_t bytes = 0;
};

Block block_of(const Statement& row) {
  return {row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
}

// ?1 the cluster, ?2 how many rows. What refers to others goes before them, the cluster itself at last. Its
// span blocks are gone by then.
constexpr std::array kParts{
    "DELETE FROM samples WHERE cluster = ?1 AND (time_us, address) IN "
    "(SELECT time_us, address FROM samples WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM addresses WHERE id IN (SELECT id FROM addresses WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM history WHERE cluster = ?1 AND (tier, bucket) IN "
    "(SELECT tier, bucket FROM history WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM topics WHERE cluster = ?1 AND topic IN "
    "(SELECT topic FROM topics WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM exceptions WHERE id IN (SELECT id FROM exceptions WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM exception_groups WHERE id IN (SELECT id FROM exception_groups WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM latencies WHERE task_group IN (SELECT l.task_group FROM computations k "
    "JOIN groups g ON g.computation = k.id JOIN latencies l ON l.task_group = g.id WHERE k.cluster = ?1 "
    "LIMIT ?2)",
    "DELETE FROM slowest WHERE task_group IN (SELECT s.task_group FROM computations k "
    "JOIN groups g ON g.computation = k.id JOIN slowest s ON s.task_group = g.id WHERE k.cluster = ?1 "
    "LIMIT ?2)",
    "DELETE FROM timeline_tiles WHERE id IN (SELECT t.id FROM computations k "
    "JOIN timeline_tiles t ON t.computation = k.id WHERE k.cluster = ?1 LIMIT ?2)",
    "DELETE FROM groups WHERE (computation, name) IN (SELECT g.computation, g.name FROM computations k "
    "JOIN groups g ON g.computation = k.id WHERE k.cluster = ?1 LIMIT ?2)",
    "DELETE FROM computations WHERE id IN (SELECT id FROM computations WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM workers WHERE id IN (SELECT id FROM workers WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM lanes WHERE id IN (SELECT id FROM lanes WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM clients WHERE cluster = ?1 AND client IN "
    "(SELECT client FROM clients WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM drops WHERE cluster = ?1 AND kind IN (SELECT kind FROM drops WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM cluster_plugins WHERE cluster = ?1 AND name IN "
    "(SELECT name FROM cluster_plugins WHERE cluster = ?1 LIMIT ?2)",
    "DELETE FROM desired_states WHERE cluster = ?1 AND ?2",
    "DELETE FROM clusters WHERE id = ?1 AND ?2",
};

// One workspace, and what of it is too old or too much.
struct Policy {
  std::int64_t workspace = 0;
  Retention retention;
  StoredBytes bytes;

  // The moment before which things are too old.
  std::optional<base::Micros> spans_before(base::Micros now) const {
    return before(retention.keep_spans_us, now);
  }
  std::optional<base::Micros> records_before(base::Micros now) const {
    return before(retention.keep_records_us, now);
  }
  bool too_large(std::int64_t total) const { return retention.max_bytes && total > *retention.max_bytes; }

 private:
  static std::optional<base::Micros> before(std::optional<base::Micros> keep, base::Micros now) {
    if (keep) *keep = now - *keep;
    return keep;
  }
};

std::vector<Policy> load_policies(Connection& connection) {
  std::vector<Policy> policies;
  for (const WorkspaceState& state : workspace_states(connection)) {
    if (state.retention == Retention{}) continue;
    policies.push_back({state.workspace.id, state.retention, state.bytes});
  }
  return policies;
}

// Clusters that are over and were heard of before a moment, those heard of longest ago first.
Filter select_over(const Policy& policy, const Viewpoint& viewpoint, base::Micros before) {
  Filter filter("SELECT c.id, b.spans, b.records FROM clusters c JOIN cluster_bytes b ON b.cluster = c.id");
  filter.add(" WHERE c.workspace = ?#", policy.workspace).add(" AND c.removed_us IS NULL");
  filter.add(" AND c.last_seen_us < ?#", before);
  filter.add(" AND ").add(kClusterStatus, lost_before(viewpoint)).add(" <> 'running'");
  filter.add(" ORDER BY c.last_seen_us, c.id");
  return filter;
}

constexpr const char* kOldestBlock =
    "SELECT block, cluster, spans, bytes FROM block_ages WHERE workspace = ? AND time_us < ? "
    "ORDER BY time_us, block LIMIT 1";

class Remover {
 public:
  Remover(Connection& connection, const Viewpoint& viewpoint)
      : connection_(connection), viewpoint_(viewpoint), policies_(load_policies(connection)) {}

  Removed run(std::chrono::milliseconds budget) {
    const auto end = Steady::now() + budget;
    do {
      if (!step()) return removed_;
    } while (Steady::now() < end);
    removed_.more = true;
    return removed_;
  }

 private:
  // False when there is nothing to remove.
  bool step() {
    if (go_on_removing()) return true;
    for (; at_ < policies_.size(); ++at_) {
      Policy& policy = policies_[at_];
      const auto old_spans = policy.spans_before(viewpoint_.now_us);
      if (old_spans && remove_block(policy, *old_spans)) return true;
      const auto old_records = policy.records_before(viewpoint_.now_us);
      if (old_records && begin_removing(policy, *old_records)) return true;
      if (policy.too_large(policy.bytes.total()) &&
          (remove_block(policy, INT64_MAX) || begin_removing(policy, INT64_MAX))) {
        return true;
      }
    }
    return false;
  }

  bool remove_block(Policy& policy, base::Micros before) {
    Block block;
    {
      Statement row = connection_.query(kOldestBlock, policy.workspace, before);
      if (!row.step()) return false;
      block = block_of(row);
    }
    const std::int64_t records = records_of(block.cluster);
    fold_tiles_of_block(connection_, block.id);
    const std::int64_t folded = records_of(block.cluster) - records;
    policy.bytes.records += folded;
    removed_.bytes -= folded;
    remove_block(block);
    removed_.touched.emplace(policy.workspace, block.cluster);
    policy.bytes.spans -= block.bytes;
    return true;
  }

  void remove_block(const Block& block) {
    connection_.run(
        "UPDATE computations SET spans_expired = spans_expired + s.spans FROM span_shares s "
        "WHERE s.block = ? AND computations.id = s.computation",
        block.id);
    connection_.run("UPDATE clusters SET spans_expired = spans_expired + ? WHERE id = ?", block.spans,
                    block.cluster);
    connection_.run("DELETE FROM span_shares WHERE block = ?", block.id);
    connection_.run("DELETE FROM span_blocks WHERE id = ?", block.id);
    removed_.blocks += 1;
    removed_.spans += block.spans;
    removed_.bytes += block.bytes;
  }

  // From here on nobody sees the cluster; its rows go little by little. Its session goes at once, so that a
  // recorder that comes back nevertheless begins a new cluster.
  bool begin_removing(Policy& policy, base::Micros before) {
    std::int64_t cluster = 0;
    {
      Statement row = select_over(policy, viewpoint_, before).add(" LIMIT 1").run(connection_);
      if (!row.step()) return false;
      cluster = row.integer(0);
      policy.bytes.spans -= row.integer(1);
      policy.bytes.records -= row.integer(2);
    }
    connection_.run(
        "UPDATE clusters SET removed_us = ?, session = CAST('removed ' || id AS BLOB) WHERE id = ?",
        viewpoint_.now_us, cluster);
    removed_.touched.emplace(policy.workspace, cluster);
    removed_.clusters += 1;
    return true;
  }

  bool go_on_removing() {
    std::int64_t cluster = 0;
    {
      Statement row = connection_.query(
          "SELECT id FROM clusters INDEXED BY clusters_removed WHERE removed_us IS NOT NULL LIMIT 1");
      if (!row.step()) return false;
      cluster = row.integer(0);
    }
    std::optional<Block> block;
    {
      Statement row = connection_.query(
          "SELECT a.block, a.cluster, a.spans, a.bytes FROM span_blocks b "
          "JOIN block_ages a ON a.block = b.id WHERE b.cluster = ? LIMIT 1",
          cluster);
      if (row.step()) block = block_of(row);
    }
    if (block) {
      remove_block(*block);
      return true;
    }
    const std::int64_t before = records_of(cluster);
    for (const char* part : kParts) {
      connection_.run(part, cluster, kRowsTogether);
      if (connection_.changes() > 0) break;
    }
    removed_.bytes += before - records_of(cluster);
    return true;
  }

  std::int64_t records_of(std::int64_t cluster) {
    Statement row = connection_.query("SELECT records FROM cluster_bytes WHERE cluster = ?", cluster);
    return row.step() ? row.integer(0) : 0;
  }

  Connection& connection_;
  const Viewpoint viewpoint_;
  std::vector<Policy> policies_;
  std::size_t at_ = 0;  // what is before has nothing to remove
  Removed removed_;
};

// What one workspace would lose, in the order in which it would go.
Removed find_expired_of(Connection& connection, const Viewpoint& viewpoint, const Policy& policy) {
  Removed found;
  std::int64_t left = policy.bytes.total();
  std::unordered_set<std::int64_t> gone;
  const auto lose = [&](std::int64_t bytes) {
    found.bytes += bytes;
    left -= bytes;
  };

  if (const auto before = policy.records_before(viewpoint.now_us)) {
    Statement row = select_over(policy, viewpoint, *before).run(connection);
    while (row.step()) {
      gone.insert(row.integer(0));
      lose(row.integer(1) + row.integer(2));
    }
  }
  const base::Micros old = policy.spans_before(viewpoint.now_us).value_or(INT64_MIN);
  {
    Statement row = connection.query(
        "SELECT block, cluster, spans, bytes, time_us FROM block_ages WHERE workspace = ? "
        "ORDER BY time_us, block",
        policy.workspace);
    while (row.step()) {
      const Block block = block_of(row);
      const bool counted = gone.contains(block.cluster);
      if (!counted && row.integer(4) >= old && !policy.too_large(left)) continue;
      found.blocks += 1;
      found.spans += block.spans;
      if (!counted) lose(block.bytes);
    }
  }
  Statement row = select_over(policy, viewpoint, INT64_MAX).run(connection);
  while (policy.too_large(left) && row.step()) {
    if (gone.insert(row.integer(0)).second) lose(row.integer(2));
  }
  found.clusters = static_cast<std::int64_t>(gone.size());
  return found;
}

}  // namespace

std::vector<WorkspaceState> workspace_states(Connection& connection) {
  std::vector<WorkspaceState> states;
  Statement row = connection.query(
      "SELECT w.id, w.name, w.created_us, w.keep_spans_us, w.keep_records_us, w.max_bytes, "
      "coalesce(sum(b.spans), 0), coalesce(sum(b.records), 0) FROM workspaces w "
      "LEFT JOIN cluster_bytes b ON b.workspace = w.id GROUP BY w.id ORDER BY w.name");
  while (row.step()) {
    states.push_back({{row.integer(0), row.string(1), row.integer(2)},
                      {row.optional_integer(3), row.optional_integer(4), row.optional_integer(5)},
                      {row.integer(6), row.integer(7)}});
  }
  return states;
}

base::Result<void> change_retention(Connection& connection, std::string_view workspace,
                                    const RetentionChange& change, const Author& author, base::Micros now) {
  std::int64_t id = 0;
  {
    Statement row = connection.query("SELECT id FROM workspaces WHERE name = ?", workspace);
    if (!row.step()) {
      return error(Errc::kNotFound, "there is no workspace \"" + std::string(workspace) +
                                        "\"\nSee what there is with: pilothouse workspace list");
    }
    id = row.integer(0);
  }
  std::string detail;
  const auto set = [&](const char* column, const std::optional<std::optional<std::int64_t>>& value) {
    if (!value) return;
    connection.run("UPDATE workspaces SET " + std::string(column) + " = ? WHERE id = ?", *value, id);
    detail += (detail.empty() ? "" : ", ") + std::string(column) + " " +
              (*value ? std::to_string(**value) : "none");
  };
  set("keep_spans_us", change.keep_spans_us);
  set("keep_records_us", change.keep_records_us);
  set("max_bytes", change.max_bytes);
  write_audit(connection, id,
              {0, now, author.actor, author.token, "workspace.set", "workspace " + std::string(workspace),
               "done", detail});
  return {};
}

Removed remove_expired(Connection& connection, const Viewpoint& viewpoint, std::chrono::milliseconds budget) {
  return Remover(connection, viewpoint).run(budget);
}

Removed find_expired(Connection& connection, const Viewpoint& viewpoint) {
  Removed found;
  for (const Policy& policy : load_policies(connection)) {
    found += find_expired_of(connection, viewpoint, policy);
  }
  return found;
}

}  // namespace pilothouse::store::sqlite
