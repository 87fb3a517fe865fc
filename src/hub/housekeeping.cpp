#include "hub/housekeeping.h"

#include <chrono>
#include <set>
#include <string>
#include <utility>

#include "hub/log.h"
#include "hub/sleep.h"

namespace pilothouse::hub {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kSlice = 5ms;
constexpr auto kPause = 50ms;

// Of the file, so that it need not grow again for what comes next.
constexpr std::int64_t kKeepPercent = 5;

// Does `slice` on the writer thread until it says that nothing is left, or fails.
template <class Slice>
asio::awaitable<void> repeat(Backend& backend, Slice slice) {
  bool more = true;
  while (more) {
    const Backend::Work work = [&](store::sqlite::SqliteStore& store) {
      const base::Result<bool> done = slice(store);
      more = done && *done;
      if (!done) log_failure("housekeeping: " + done.error().message);
      return Response{};
    };
    const Response answer = co_await backend.write(work);
    if (answer.status != 200) co_return;
    if (more) co_await sleep(kPause);
  }
}

asio::awaitable<void> store_notes(Backend& backend) {
  const DoorNotes notes = backend.doors().take_notes(base::wall_now());
  if (notes.empty()) co_return;
  const Backend::Work work = [&](store::sqlite::SqliteStore& store) {
    const auto noted = write_notes(store, notes);
    if (!noted) log_failure("housekeeping: " + noted.error().message);
    return Response{};
  };
  co_await backend.write(work);
}

void log_removed(const store::Removed& removed) {
  log_line("removed what is no longer kept: " + std::to_string(removed.spans) + " spans in " +
           std::to_string(removed.blocks) + " blocks, " + std::to_string(removed.clusters) + " clusters, " +
           std::to_string(removed.bytes) + " bytes in all");
}

}  // namespace

asio::awaitable<void> keep_house(Backend& backend, base::Micros lost_after, base::Micros interval) {
  co_await sleep(std::chrono::microseconds(lost_after));
  while (true) {
    co_await store_notes(backend);
    store::Removed removed;
    std::set<std::pair<std::int64_t, std::int64_t>> touched;
    co_await repeat(backend, [&](store::sqlite::SqliteStore& store) -> base::Result<bool> {
      auto slice = store.remove_expired({base::wall_now(), lost_after}, kSlice);
      if (!slice) return slice.error();
      removed += *slice;
      touched.merge(slice->touched);
      return removed.more;
    });
    for (const auto& [workspace, cluster] : touched) backend.changes().note(workspace, cluster);
    if (removed.anything()) {
      log_removed(removed);
      co_await repeat(
          backend, [](store::sqlite::SqliteStore& store) { return store.give_back(kKeepPercent, kSlice); });
    }
    co_await sleep(std::chrono::microseconds(interval));
  }
}

}  // namespace pilothouse::hub
