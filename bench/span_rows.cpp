#include "span_rows.h"

#include <stdexcept>
#include <utility>

namespace pilothouse::bench {
namespace {

constexpr int kRowsPerTransaction = 1000;

}  // namespace

SpanRows::SpanRows(std::filesystem::path path, bool keys) : path_(std::move(path)), keys_(keys) {
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_.string() + suffix);
  sqlite3* database = nullptr;
  const int opened = sqlite3_open(path_.c_str(), &database);
  database_.reset(database);
  check(opened);
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=FULL");
  run((std::string(
           "CREATE TABLE span(cluster INTEGER, computation INTEGER, task_group INTEGER, worker INTEGER, "
           "thread INTEGER, type INTEGER, status INTEGER, nbytes INTEGER, transfer_start INTEGER, "
           "transfer_stop INTEGER, compute_start INTEGER, compute_stop INTEGER") +
       (keys_ ? ", key TEXT)" : ")"))
          .c_str());
  sqlite3_stmt* insert = nullptr;
  check(sqlite3_prepare_v2(database_.get(),
                           keys_ ? "INSERT INTO span VALUES(1,?,?,?,?,?,?,?,?,?,?,?,?)"
                                 : "INSERT INTO span VALUES(1,?,?,?,?,?,?,?,?,?,?,?)",
                           -1, &insert, nullptr));
  insert_.reset(insert);
}

void SpanRows::check(int code) const {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
    throw std::runtime_error(sqlite3_errmsg(database_.get()));
}

void SpanRows::run(const char* sql) { check(sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr)); }

void SpanRows::insert(const tape::SpanBlockBuilder& block, std::int64_t computation) {
  sqlite3_stmt* insert = insert_.get();
  std::size_t action = 0;
  std::size_t key = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (pending_ == 0) run("BEGIN");
    sqlite3_bind_int64(insert, 1, computation);
    sqlite3_bind_int64(insert, 2, block.group[i]);
    sqlite3_bind_int64(insert, 3, block.worker[i]);
    sqlite3_bind_int64(insert, 4, static_cast<std::int64_t>(block.thread[i]));
    sqlite3_bind_int64(insert, 5, block.type[i]);
    sqlite3_bind_int64(insert, 6, block.status[i]);
    sqlite3_bind_int64(insert, 7, block.nbytes[i]);
    if (block.action_count[i] == 2) {
      sqlite3_bind_int64(insert, 8, block.action_start[action]);
      sqlite3_bind_int64(insert, 9, block.action_stop[action]);
    } else {
      sqlite3_bind_null(insert, 8);
      sqlite3_bind_null(insert, 9);
    }
    const std::size_t compute = action + block.action_count[i] - 1;
    sqlite3_bind_int64(insert, 10, block.action_start[compute]);
    sqlite3_bind_int64(insert, 11, block.action_stop[compute]);
    if (keys_)
      sqlite3_bind_text(insert, 12, block.key_bytes.data() + key, static_cast<int>(block.key_length[i]),
                        SQLITE_STATIC);
    check(sqlite3_step(insert));
    sqlite3_reset(insert);
    action += block.action_count[i];
    key += block.key_length[i];
    if (++pending_ == kRowsPerTransaction) commit();
  }
}

void SpanRows::commit() {
  if (pending_ > 0) run("COMMIT");
  pending_ = 0;
}

void SpanRows::checkpoint() {
  commit();
  run("PRAGMA wal_checkpoint(TRUNCATE)");
}

std::size_t SpanRows::query(const std::string& sql) {
  sqlite3_stmt* prepared = nullptr;
  check(sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &prepared, nullptr));
  const std::unique_ptr<sqlite3_stmt, Close> statement(prepared);
  std::size_t rows = 0;
  for (int code = sqlite3_step(prepared); code != SQLITE_DONE; code = sqlite3_step(prepared)) {
    check(code);
    ++rows;
  }
  return rows;
}

std::size_t SpanRows::bytes() const { return std::filesystem::file_size(path_); }

}  // namespace pilothouse::bench
