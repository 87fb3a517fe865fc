#include "store/sqlite/functions.h"

#include "model/latency_sketch.h"
#include "store/exception_fingerprint.h"
#include "store/text_search.h"

namespace pilothouse::store::sqlite {
namespace {

std::string_view text_of(sqlite3_value* value) {
  const auto* data = static_cast<const char*>(sqlite3_value_blob(value));
  return data == nullptr ? std::string_view()
                         : std::string_view(data, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

// No exception may pass through SQLite's frames.
void contains(sqlite3_context* context, int, sqlite3_value** values) noexcept {
  if (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL) {
    sqlite3_result_int(context, 0);
    return;
  }
  try {
    // SQLite keeps what belongs to a constant argument for as long as the statement runs.
    auto* search = static_cast<TextSearch*>(sqlite3_get_auxdata(context, 1));
    if (search != nullptr) {
      sqlite3_result_int(context, search->found_in(text_of(values[0])) ? 1 : 0);
      return;
    }
    auto* fresh = new TextSearch(text_of(values[1]));
    sqlite3_result_int(context, fresh->found_in(text_of(values[0])) ? 1 : 0);
    sqlite3_set_auxdata(context, 1, fresh, [](void* old) { delete static_cast<TextSearch*>(old); });
  } catch (...) {
    sqlite3_result_error_nomem(context);
  }
}

void fingerprint(sqlite3_context* context, int, sqlite3_value** values) noexcept {
  try {
    const std::string text =
        exception_fingerprint(text_of(values[0]), text_of(values[1]), text_of(values[2]));
    sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  } catch (...) {
    sqlite3_result_error_nomem(context);
  }
}

void latency_quantile(sqlite3_context* context, int, sqlite3_value** values) noexcept {
  try {
    const auto found =
        model::LatencySketch::decode(text_of(values[0])).quantile(sqlite3_value_double(values[1]));
    if (found) sqlite3_result_int64(context, *found);
  } catch (...) {
    sqlite3_result_error_nomem(context);
  }
}

}  // namespace

void register_functions(sqlite3* database) {
  sqlite3_create_function_v2(database, "contains", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, contains,
                             nullptr, nullptr, nullptr);
  sqlite3_create_function_v2(database, "exception_fingerprint", 3, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                             nullptr, fingerprint, nullptr, nullptr, nullptr);
  sqlite3_create_function_v2(database, "latency_quantile", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                             latency_quantile, nullptr, nullptr, nullptr);
}

}  // namespace pilothouse::store::sqlite
