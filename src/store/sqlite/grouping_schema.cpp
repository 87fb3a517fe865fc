#include "store/sqlite/grouping_schema.h"

namespace pilothouse::store::sqlite {
namespace {

// The computations of a group whose exceptions are gone in part are not known any more: it has at least as
// many as any of its parts had.
constexpr const char* kSchema = R"sql(
CREATE TEMP TABLE regrouped AS
SELECT id, fingerprint, min(id) OVER (PARTITION BY cluster, fingerprint) AS kept FROM
  (SELECT id, cluster, exception_fingerprint(type, message, traceback) AS fingerprint FROM exception_groups);
CREATE UNIQUE INDEX temp.regrouped_by_id ON regrouped (id);
CREATE INDEX temp.regrouped_by_kept ON regrouped (kept);

UPDATE exceptions SET exception_group = r.kept FROM temp.regrouped r
WHERE r.id = exception_group AND r.kept <> r.id;
UPDATE exception_groups SET (count, blamed, computations, first_us, last_us) = (
  SELECT CAST(total(g.count) AS INTEGER), CAST(total(g.blamed) AS INTEGER),
         max(max(g.computations), (SELECT count(DISTINCT x.computation) FROM exceptions x
                                   WHERE x.exception_group = exception_groups.id)),
         min(g.first_us), max(g.last_us)
  FROM temp.regrouped r JOIN exception_groups g ON g.id = r.id WHERE r.kept = exception_groups.id)
WHERE id IN (SELECT kept FROM temp.regrouped WHERE kept <> id);
DELETE FROM exception_groups WHERE id IN (SELECT id FROM temp.regrouped WHERE kept <> id);
UPDATE exception_groups SET fingerprint = r.fingerprint FROM temp.regrouped r
WHERE r.id = exception_groups.id AND r.fingerprint <> exception_groups.fingerprint;
UPDATE clusters SET exception_groups = (SELECT count(*) FROM exception_groups g WHERE g.cluster = clusters.id)
WHERE exception_groups > 0;
DROP TABLE temp.regrouped;
)sql";

}  // namespace

const char* grouping_schema() { return kSchema; }

}  // namespace pilothouse::store::sqlite
