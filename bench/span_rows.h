#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tape/span_block.h"

namespace pilothouse::bench {

// The peer of the hub's store: one SQLite row for each span, in 12 columns and perhaps its key; a prepared
// INSERT, transactions of 1000 rows, WAL, synchronous=FULL. Throws when SQLite refuses.
class SpanRows {
 public:
  // Replaces what was there.
  SpanRows(std::filesystem::path path, bool keys);

  // `computation` is what the rows say they are of.
  void insert(const tape::SpanBlockBuilder& block, std::int64_t computation = 0);
  void commit();
  // Into the database file.
  void checkpoint();
  void run(const char* sql);
  // How many rows that gives; all of them are read.
  std::size_t query(const std::string& sql);
  std::size_t bytes() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  void check(int code) const;

  std::filesystem::path path_;
  bool keys_;
  std::unique_ptr<sqlite3, Close> database_;
  std::unique_ptr<sqlite3_stmt, Close> insert_;
  int pending_ = 0;
};

}  // namespace pilothouse::bench
