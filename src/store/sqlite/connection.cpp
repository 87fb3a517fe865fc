#include "store/sqlite/connection.h"

#include "store/sqlite/functions.h"

namespace pilothouse::store::sqlite {
namespace {

constexpr int kBusyTimeoutMs = 10'000;

[[noreturn]] void fail(sqlite3* database, std::string_view doing) {
  const char* why = database != nullptr ? sqlite3_errmsg(database) : "out of memory";
  throw SqliteError(std::string(doing) + ": " + why,
                    database != nullptr ? sqlite3_errcode(database) : SQLITE_NOMEM);
}

void check(sqlite3* database, int status, std::string_view doing) {
  if (status != SQLITE_OK) fail(database, doing);
}

}  // namespace

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Statement::bind(int position, std::int64_t value) {
  check(database_, sqlite3_bind_int64(statement_, position, value), "bind");
}

void Statement::bind(int position, double value) {
  check(database_, sqlite3_bind_double(statement_, position, value), "bind");
}

void Statement::bind(int position, std::string_view value) {
  // An empty view may have no data, which SQLite would take for NULL.
  const char* data = value.empty() ? "" : value.data();
  check(database_, sqlite3_bind_text64(statement_, position, data, value.size(), SQLITE_STATIC, SQLITE_UTF8),
        "bind");
}

void Statement::bind(int position, Blob value) {
  const char* data = value.bytes.empty() ? "" : value.bytes.data();
  check(database_, sqlite3_bind_blob64(statement_, position, data, value.bytes.size(), SQLITE_STATIC),
        "bind");
}

void Statement::bind_null(int position) { check(database_, sqlite3_bind_null(statement_, position), "bind"); }

bool Statement::step() {
  const int status = sqlite3_step(statement_);
  if (status == SQLITE_ROW) return true;
  if (status != SQLITE_DONE) fail(database_, "the database");
  return false;
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

double Statement::number(int column) const { return sqlite3_column_double(statement_, column); }

std::string_view Statement::text(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return data == nullptr
             ? std::string_view()
             : std::string_view(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<std::string> Statement::optional_string(int column) const {
  if (is_null(column)) return std::nullopt;
  return string(column);
}

Connection::Connection(const std::filesystem::path& file, Access access) {
  const int flags =
      SQLITE_OPEN_NOMUTEX | (access == Access::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  try {
    check(database_, sqlite3_open_v2(file.c_str(), &database_, flags, nullptr), file.string());
    sqlite3_extended_result_codes(database_, 1);
    sqlite3_busy_timeout(database_, kBusyTimeoutMs);
    register_functions(database_);
    script(
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; "
        "PRAGMA temp_store = MEMORY");
  } catch (...) {
    sqlite3_close_v2(database_);
    throw;
  }
}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close_v2(database_);
}

void Connection::script(const std::string& sql) {
  check(database_, sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr), "the database");
}

sqlite3_stmt* Connection::prepared(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return found->second.get();
  sqlite3_stmt* statement = nullptr;
  check(database_,
        sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &statement, nullptr),
        sql);
  statements_.emplace(sql, statement);
  return statement;
}

// A writing transaction takes the lock at once: waiting for it later could not be retried.
Transaction::Transaction(Connection& connection, Mode mode) : connection_(connection) {
  connection_.run(mode == Mode::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    connection_.run("ROLLBACK");
  } catch (const SqliteError&) {
    // Some failures have SQLite roll back by itself; then there is nothing left to do.
  }
}

void Transaction::commit() {
  connection_.run("COMMIT");
  open_ = false;
}

Savepoint::Savepoint(Connection& connection) : connection_(connection) {
  connection_.run("SAVEPOINT upload");
}

Savepoint::~Savepoint() {
  if (!open_) return;
  try {
    connection_.run("ROLLBACK TO upload");
    connection_.run("RELEASE upload");
  } catch (const SqliteError&) {
    // The transaction is gone already; the next statement in it reports that.
  }
}

void Savepoint::release() {
  connection_.run("RELEASE upload");
  open_ = false;
}

}  // namespace pilothouse::store::sqlite
