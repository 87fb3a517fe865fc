#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "model/records.h"
#include "store/sqlite/connection.h"

// The nine columns of a row that counts tasks, in one order everywhere.
namespace pilothouse::store::sqlite {

struct TaskColumn {
  const char* name;
  std::int64_t model::TaskCounts::*member;
};

inline constexpr std::array kTaskColumns{
    TaskColumn{"total_tasks", &model::TaskCounts::total},
    TaskColumn{"waiting_tasks", &model::TaskCounts::waiting},
    TaskColumn{"queued_tasks", &model::TaskCounts::queued},
    TaskColumn{"processing_tasks", &model::TaskCounts::processing},
    TaskColumn{"no_worker_tasks", &model::TaskCounts::no_worker},
    TaskColumn{"memory_tasks", &model::TaskCounts::memory},
    TaskColumn{"erred_tasks", &model::TaskCounts::erred},
    TaskColumn{"blamed_tasks", &model::TaskCounts::blamed},
    TaskColumn{"released_tasks", &model::TaskCounts::released},
};

// "total_tasks, waiting_tasks, ...", each between `before` and `after`.
inline std::string task_columns(const std::string& before = "", const std::string& after = "") {
  std::string list;
  for (const TaskColumn& column : kTaskColumns) {
    if (!list.empty()) list += ", ";
    list += before + column.name + after;
  }
  return list;
}

inline model::TaskCounts read_tasks(const Statement& row, int first_column) {
  model::TaskCounts tasks;
  for (const TaskColumn& column : kTaskColumns) tasks.*column.member = row.integer(first_column++);
  return tasks;
}

inline void bind_tasks(Statement& statement, int first_position, const model::TaskCounts& tasks) {
  for (const TaskColumn& column : kTaskColumns) statement.bind(first_position++, tasks.*column.member);
}

}  // namespace pilothouse::store::sqlite
