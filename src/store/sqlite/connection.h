#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// SQLite's C API with owners. Failures are thrown here and become base::Result at the surface of the store.
namespace pilothouse::store::sqlite {

class SqliteError : public std::runtime_error {
 public:
  explicit SqliteError(const std::string& what, int status = SQLITE_ERROR)
      : std::runtime_error(what), status_(status) {}

  // Another connection is in the way, and stayed there.
  bool busy() const { return (status_ & 0xff) == SQLITE_BUSY; }

 private:
  int status_;
};

struct Blob {
  std::string_view bytes;
};

using Value = std::variant<std::int64_t, std::string>;

// A prepared statement in use. Bind positions and columns count from 1 and 0, as SQLite's do.
// Gives the statement back to its connection when it goes; texts of a row live until the next step().
class Statement {
 public:
  Statement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  Statement(Statement&& other) noexcept
      : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int position, std::int64_t value);
  void bind(int position, int value) { bind(position, static_cast<std::int64_t>(value)); }
  void bind(int position, bool value) { bind(position, static_cast<std::int64_t>(value)); }
  void bind(int position, double value);
  void bind(int position, std::string_view value);
  void bind(int position, const std::string& value) { bind(position, std::string_view(value)); }
  void bind(int position, const char* value) { bind(position, std::string_view(value)); }
  void bind(int position, Blob value);
  void bind_null(int position);
  template <class T>
  void bind(int position, const std::optional<T>& value) {
    if (value) {
      bind(position, *value);
    } else {
      bind_null(position);
    }
  }

  // True when there is a row.
  bool step();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double number(int column) const;
  std::string_view text(int column) const;  // also of a blob
  std::string string(int column) const { return std::string(text(column)); }
  std::optional<std::int64_t> optional_integer(int column) const;
  std::optional<std::string> optional_string(int column) const;

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_;
};

enum class Access { kReadWrite, kReadOnly };

// One connection; belongs to one thread at a time. Statements are prepared once for each SQL text.
class Connection {
 public:
  Connection(const std::filesystem::path& file, Access access);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Binds `values` to the parameters in order. They must live as long as the statement.
  template <class... Values>
  Statement query(std::string_view sql, const Values&... values) {
    Statement statement(database_, prepared(sql));
    int position = 0;
    (statement.bind(++position, values), ...);
    return statement;
  }

  // The same for values whose number is known only at run time.
  Statement query_with(std::string_view sql, const std::vector<Value>& values) {
    Statement statement(database_, prepared(sql));
    int position = 0;
    for (const Value& value : values) {
      ++position;
      std::visit([&](const auto& held) { statement.bind(position, held); }, value);
    }
    return statement;
  }

  // Runs a statement that answers no rows.
  template <class... Values>
  void run(std::string_view sql, const Values&... values) {
    Statement statement = query(sql, values...);
    while (statement.step()) {
    }
  }

  // Several statements without parameters, not cached.
  void script(const std::string& sql);

  // A pragma's answer as a number; 0 when there is none.
  std::int64_t pragma(const std::string& name) {
    Statement statement = query("PRAGMA " + name);
    return statement.step() ? statement.integer(0) : 0;
  }

  std::int64_t last_insert_id() const { return sqlite3_last_insert_rowid(database_); }
  std::int64_t changes() const { return sqlite3_changes64(database_); }
  sqlite3* handle() const { return database_; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  sqlite3_stmt* prepared(std::string_view sql);

  sqlite3* database_ = nullptr;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, std::less<>> statements_;
};

// Rolls back unless committed.
class Transaction {
 public:
  enum class Mode { kRead, kWrite };

  Transaction(Connection& connection, Mode mode);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

// A part of a transaction; undone unless released.
class Savepoint {
 public:
  explicit Savepoint(Connection& connection);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;

  void release();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace pilothouse::store::sqlite
