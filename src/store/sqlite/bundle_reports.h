#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/bundle_store.h"
#include "store/sqlite/connection.h"

// What BundleStore says of the auditor's reports, inside the caller's transaction. Throws SqliteError.
namespace pilothouse::store::sqlite {

// The columns of a report `a` that may not be there, and how they are read from the column `first` on.
const std::string& report_columns();
std::optional<BundleReport> read_report(const Statement& row, int first);

std::optional<Unaudited> find_unaudited(Connection& connection, std::string_view rules);
void keep_report(Connection& connection, const BundleReport& report);
base::Result<std::string> find_report(Connection& connection, std::int64_t workspace, std::string_view name,
                                      std::string_view version);

}  // namespace pilothouse::store::sqlite
