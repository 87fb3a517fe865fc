#include "store/sqlite/bundles.h"

#include "store/sqlite/bundle_reports.h"
#include "store/sqlite/doors.h"
#include "store/sqlite/filter.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;
using base::error;

// Of bundle `b`; the oldest statement that speaks of it.
const std::string& bundle_columns() {
  static const std::string kColumns = [] {
    const auto revocation = [](const char* column) {
      return std::string("(SELECT r.") + column +
             " FROM revocations r, json_each(b.signers) s WHERE r.workspace = b.workspace AND r.key = "
             "s.value "
             "AND (r.sha256 IS NULL OR r.sha256 = b.sha256) ORDER BY r.id LIMIT 1)";
    };
    return "b.id, b.name, b.version, b.kind, b.sha256, length(b.bytes), b.publisher, b.signers, "
           "b.expires_us, "
           "b.published_us, b.published_by, " +
           revocation("key") + ", " + revocation("reason") + ", " + revocation("time_us") + ", " +
           report_columns() + " FROM bundles b LEFT JOIN bundle_reports a ON a.sha256 = b.sha256";
  }();
  return kColumns;
}

BundleView read_bundle(const Statement& row) {
  BundleView bundle;
  bundle.id = row.integer(0);
  bundle.name = row.string(1);
  bundle.version = row.string(2);
  bundle.kind = row.string(3);
  bundle.sha256 = row.string(4);
  bundle.size = row.integer(5);
  bundle.publisher = row.string(6);
  bundle.signers_json = row.string(7);
  bundle.expires_us = row.integer(8);
  bundle.published_us = row.integer(9);
  bundle.published_by = row.string(10);
  if (!row.is_null(11)) bundle.revoked = Revoked{row.string(11), row.string(12), row.integer(13)};
  bundle.audit = read_report(row, 14);
  return bundle;
}

std::int64_t count(Connection& connection, const char* table, std::int64_t workspace) {
  Statement row =
      connection.query(std::string("SELECT count(*) FROM ") + table + " WHERE workspace = ?", workspace);
  row.step();
  return row.integer(0);
}

base::Error no_bundle(std::string_view name) {
  return error(Errc::kNotFound, "no plugin \"" + std::string(name) + "\" is offered");
}

std::string signers_json(const std::vector<std::string>& signers) {
  std::string json = "[";
  for (const std::string& key : signers) json += (json.size() > 1 ? ",\"" : "\"") + key + '"';
  return json + "]";
}

void write_done(Connection& connection, const Publication& publication, std::string action,
                std::string subject, std::string detail) {
  write_audit(connection, publication.workspace,
              {0, publication.now, publication.by.actor, publication.by.token, std::move(action),
               std::move(subject), "done", std::move(detail)});
}

void write_published(Connection& connection, const Publication& publication, const NewBundle& bundle) {
  write_done(connection, publication, "plugin.publish", "plugin " + bundle.name + " " + bundle.version,
             "sha256 " + bundle.sha256 + ", " + std::to_string(bundle.signers.size()) + " signatures");
}

// The same signed bytes again, with at least the signatures that were there: more signers are welcome.
base::Result<bool> publish_again(Connection& connection, const Publication& publication, std::int64_t id,
                                 const std::string& signers_before, const NewBundle& bundle) {
  const std::string signers = signers_json(bundle.signers);
  if (signers == signers_before) return false;
  Statement missing =
      connection.query("SELECT 1 FROM json_each(?) WHERE value NOT IN (SELECT value FROM json_each(?))",
                       signers_before, signers);
  if (missing.step()) {
    return error(Errc::kConflict,
                 "the bundle that is there has signatures that this one lacks; sign that one");
  }
  connection.run("UPDATE bundles SET signers = ?, bytes = ?, published_us = ?, published_by = ? WHERE id = ?",
                 signers, Blob{bundle.bytes}, publication.now, publication.by.actor, id);
  write_published(connection, publication, bundle);
  return true;
}

}  // namespace

base::Result<bool> publish_bundle(Connection& connection, const Publication& publication,
                                  const NewBundle& bundle) {
  const std::int64_t workspace = publication.workspace;
  {
    Statement same = connection.query(
        "SELECT id, sha256, signers, version FROM bundles WHERE workspace = ? AND name = ? AND rank = ?",
        workspace, bundle.name, Blob{bundle.rank});
    if (same.step()) {
      if (same.string(1) != bundle.sha256) {
        return error(Errc::kConflict, bundle.name + " " + same.string(3) +
                                          " is published already, with other contents; raise the version");
      }
      return publish_again(connection, publication, same.integer(0), same.string(2), bundle);
    }
  }
  {
    Statement newer =
        connection.query("SELECT version FROM bundles WHERE workspace = ? AND name = ? AND rank > ? LIMIT 1",
                         workspace, bundle.name, Blob{bundle.rank});
    if (newer.step()) {
      return error(Errc::kConflict,
                   bundle.name + " " + newer.string(0) + " is published already; versions only go up");
    }
  }
  {
    Statement alike = connection.query(
        "SELECT name FROM bundles WHERE workspace = ? AND skeleton = ? AND name <> ? LIMIT 1", workspace,
        bundle.skeleton, bundle.name);
    if (alike.step()) {
      return error(Errc::kConflict, "the name \"" + bundle.name + "\" looks like \"" + alike.string(0) +
                                        "\", which is published already; choose another");
    }
  }
  if (count(connection, "bundles", workspace) >= kMaxBundles) {
    return error(Errc::kTooLarge,
                 "the workspace offers " + std::to_string(kMaxBundles) + " bundles, and no more");
  }
  const std::string signers = signers_json(bundle.signers);
  connection.run(
      "INSERT INTO bundles (workspace, name, skeleton, version, rank, kind, sha256, publisher, signers, "
      "expires_us, published_us, published_by, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      workspace, bundle.name, bundle.skeleton, bundle.version, Blob{bundle.rank}, bundle.kind, bundle.sha256,
      bundle.publisher, signers, bundle.expires_us, publication.now, publication.by.actor,
      Blob{bundle.bytes});
  write_published(connection, publication, bundle);
  return true;
}

base::Result<bool> publish_revocation(Connection& connection, const Publication& publication,
                                      const NewRevocation& revocation) {
  if (connection
          .query("SELECT 1 FROM revocations WHERE workspace = ? AND key = ? AND coalesce(sha256, '') = ?",
                 publication.workspace, revocation.key, revocation.sha256.value_or(""))
          .step()) {
    return false;
  }
  if (count(connection, "revocations", publication.workspace) >= kMaxRevocations) {
    return error(Errc::kTooLarge,
                 "the workspace holds " + std::to_string(kMaxRevocations) + " revocations, and no more");
  }
  connection.run(
      "INSERT INTO revocations (workspace, key, sha256, reason, time_us, published_us, published_by, "
      "statement) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      publication.workspace, revocation.key, revocation.sha256, revocation.reason, revocation.time_us,
      publication.now, publication.by.actor, Blob{revocation.statement});
  write_done(connection, publication, "plugin.revoke",
             revocation.sha256 ? "bundle " + *revocation.sha256 : "key " + revocation.key,
             "by " + revocation.key + ": " + revocation.reason);
  return true;
}

base::Result<Page<BundleView>> list_bundles(Connection& connection, const Query& query) {
  Filter filter("SELECT " + bundle_columns());
  filter.add(" WHERE b.workspace = ?#", query.workspace);
  filter.add_if(" AND contains(b.name, ?#)", query.text);
  if (query.cursor) {
    filter.add(" AND (b.published_us, b.id) < (?#", query.cursor->major).add(", ?#)", query.cursor->minor);
  }
  filter.add(" ORDER BY b.published_us DESC, b.id DESC");
  return read_page<BundleView>(connection, filter, query.limit, read_bundle, [](const BundleView& last) {
    return Cursor{last.published_us, last.id};
  });
}

base::Result<Offer> find_offer(Connection& connection, std::int64_t workspace, std::string_view name) {
  constexpr std::int64_t kMaxVersions = 20;  // nobody loads any but the newest
  static const std::string kSql =
      "SELECT " + bundle_columns() + " WHERE b.workspace = ? AND b.name = ? ORDER BY b.rank DESC LIMIT ?";
  Offer offer;
  {
    Statement row = connection.query(kSql, workspace, name, kMaxVersions);
    while (row.step()) offer.versions.push_back(read_bundle(row));
  }
  if (offer.versions.empty()) return no_bundle(name);
  Statement row = connection.query(
      "SELECT DISTINCT r.id, r.statement FROM bundles b, json_each(b.signers) s, revocations r "
      "WHERE b.workspace = ?1 AND b.name = ?2 AND r.workspace = ?1 AND r.key = s.value ORDER BY r.id",
      workspace, name);
  while (row.step()) offer.statements.push_back(row.string(1));
  return offer;
}

base::Result<std::string> find_bundle(Connection& connection, std::int64_t workspace, std::string_view name,
                                      std::string_view version) {
  Statement row = connection.query(
      "SELECT bytes FROM bundles WHERE workspace = ? AND name = ? AND version = ?", workspace, name, version);
  if (!row.step()) return no_bundle(std::string(name) + " " + std::string(version));
  return row.string(0);
}

}  // namespace pilothouse::store::sqlite
