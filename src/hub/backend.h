#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "hub/api/http.h"
#include "hub/bell.h"
#include "hub/changes.h"
#include "hub/clock_watch.h"
#include "hub/doors.h"
#include "hub/memory_budget.h"
#include "hub/silence.h"
#include "store/sqlite/sqlite_store.h"

namespace pilothouse::hub {

// The stores and the threads that may touch them: one writer with the one writing connection, and readers
// with a read-only connection each; and a thread for long work that needs no store. The awaitables may be
// awaited on any executor and resume there.
class Backend {
 public:
  // `writer` is the writing connection to the database in `state_dir`.
  static base::Result<std::unique_ptr<Backend>> open(std::unique_ptr<store::sqlite::SqliteStore> writer,
                                                     const std::filesystem::path& state_dir, unsigned readers,
                                                     const DoorLimits& limits, std::size_t most_listeners);
  // Waits for what runs.
  ~Backend();

  using Work = std::function<Response(store::sqlite::SqliteStore&)>;

  // What the work throws becomes a logged 500. References that the work holds must outlive the await. No read
  // begins while many answers of others wait for the thread that takes them: they are in memory.
  boost::asio::awaitable<Response> read(Work work);
  boost::asio::awaitable<Response> write(Work work);

  // For work that takes seconds. It waits for what is there already, has little of the processor while others
  // want it, and must not throw.
  boost::asio::awaitable<void> aside(std::function<void()> work);

  // Done when the upload is on the disk. Uploads that wait for the writer at the same time share one
  // transaction. Notes the time in the upload. Called on the network thread.
  boost::asio::awaitable<base::Result<store::Receipt>> store(store::Upload upload);

  // The network thread's.
  Doors& doors() { return doors_; }
  MemoryBudget& upload_memory() { return upload_memory_; }
  MemoryBudget& answer_memory() { return answer_memory_; }
  MemoryBudget& open_answer_memory() { return open_answer_memory_; }  // to clients without a token
  Bell& new_bundle() { return new_bundle_; }
  Changes& changes() { return changes_; }
  Silence& silence() { return silence_; }

  // The time, on the network thread: has the store follow first when somebody set the clock.
  boost::asio::awaitable<base::Micros> follow_clock(base::Micros lost_after);

  // After everything else: stores what the doors remember and moves the log into the database.
  void checkpoint();

 private:
  struct Waiting {
    store::Upload upload;
    base::Micros clock_steps;  // before it was received
    std::function<void(base::Result<store::Receipt>)> done;
  };

  Backend(const DoorLimits& limits, std::size_t most_listeners)
      : doors_(limits), changes_(most_listeners), writer_thread_(1), aside_thread_(1) {}
  std::unique_ptr<store::sqlite::SqliteStore> take_reader();
  void store_waiting();

  std::unique_ptr<store::sqlite::SqliteStore> writer_;  // the writer thread's
  std::mutex mutex_;
  std::vector<std::unique_ptr<store::sqlite::SqliteStore>> idle_readers_;  // guarded by mutex_
  unsigned ready_ = 0;    // answers of readers that nobody has taken yet; guarded by mutex_
  bool closing_ = false;  // guarded by mutex_
  std::condition_variable taken_;
  std::deque<Waiting> waiting_;  // guarded by mutex_
  Doors doors_;
  MemoryBudget upload_memory_{kUploadMemory};
  MemoryBudget answer_memory_{kAnswerMemory};
  MemoryBudget open_answer_memory_{kOpenAnswerMemory};
  Bell new_bundle_;
  Changes changes_;
  Silence silence_;
  ClockWatch clock_;                 // the network thread's
  int clock_changes_ = 0;            // that the store does not know yet; the network thread's
  base::Micros followed_steps_ = 0;  // of the clock, by the store; the writer thread's
  boost::asio::thread_pool writer_thread_;
  boost::asio::thread_pool aside_thread_;
  std::unique_ptr<boost::asio::thread_pool> reader_threads_;
};

}  // namespace pilothouse::hub
