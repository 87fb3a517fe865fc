#pragma once

#include "store/bundle_store.h"
#include "store/sqlite/connection.h"

// What BundleStore says, inside the caller's transaction. Throws SqliteError.
namespace pilothouse::store::sqlite {

base::Result<bool> publish_bundle(Connection& connection, const Publication& publication,
                                  const NewBundle& bundle);
base::Result<bool> publish_revocation(Connection& connection, const Publication& publication,
                                      const NewRevocation& revocation);
base::Result<Page<BundleView>> list_bundles(Connection& connection, const Query& query);
base::Result<Offer> find_offer(Connection& connection, std::int64_t workspace, std::string_view name);
base::Result<std::string> find_bundle(Connection& connection, std::int64_t workspace, std::string_view name,
                                      std::string_view version);

}  // namespace pilothouse::store::sqlite
