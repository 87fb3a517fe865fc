#include "hub/backend.h"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "hub/api/handlers.h"
#include "hub/log.h"

namespace pilothouse::hub {
namespace {

namespace asio = boost::asio;

// Uploads in one transaction, at most: what they hold is in memory, and the first waits for the last.
constexpr std::size_t kMaxTogether = 64;
constexpr unsigned kMaxReady = 8;

Response answer(const Backend::Work& work, store::sqlite::SqliteStore& store) {
  try {
    return work(store);
  } catch (const std::exception& failure) {
    return failure_response(base::error(base::Errc::kInternal, failure.what()));
  }
}

// Completes a suspended coroutine where it lives, from another thread.
template <class Handler, class Value>
void complete(Handler handler, Value value) {
  const auto executor = asio::get_associated_executor(handler);
  asio::post(executor, [handler = std::move(handler), value = std::move(value)]() mutable {
    std::move(handler)(std::move(value));
  });
}

// std::function copies, and the handler of a coroutine does not.
template <class Handler>
auto shared(Handler&& handler) {
  return std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler));
}

}  // namespace

base::Result<std::unique_ptr<Backend>> Backend::open(std::unique_ptr<store::sqlite::SqliteStore> writer,
                                                     const std::filesystem::path& state_dir, unsigned readers,
                                                     const DoorLimits& limits, std::size_t most_listeners) {
  std::unique_ptr<Backend> backend(new Backend(limits, most_listeners));
  backend->writer_ = std::move(writer);
  const auto recent = std::make_shared<store::sqlite::RecentBlocks>();
  for (unsigned i = 0; i < readers; ++i) {
    auto reader = store::sqlite::SqliteStore::open_reader(state_dir, recent);
    if (!reader) return reader.error();
    backend->idle_readers_.push_back(std::move(*reader));
  }
  backend->reader_threads_ = std::make_unique<asio::thread_pool>(readers);
  return backend;
}

Backend::~Backend() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  taken_.notify_all();
  aside_thread_.join();
  if (reader_threads_) reader_threads_->join();
  writer_thread_.join();
}

std::unique_ptr<store::sqlite::SqliteStore> Backend::take_reader() {
  std::unique_lock lock(mutex_);
  taken_.wait(lock, [this] { return ready_ < kMaxReady || closing_; });
  std::unique_ptr<store::sqlite::SqliteStore> reader = std::move(idle_readers_.back());
  idle_readers_.pop_back();  // as many as there are threads
  return reader;
}

asio::awaitable<Response> Backend::read(Work work) {
  auto initiate = [this, &work](auto handler) {
    asio::post(*reader_threads_, [this, &work, handler = std::move(handler)]() mutable {
      std::unique_ptr<store::sqlite::SqliteStore> reader = take_reader();
      Response response = answer(work, *reader);
      {
        const std::lock_guard lock(mutex_);
        idle_readers_.push_back(std::move(reader));
        ++ready_;
      }
      complete(std::move(handler), std::move(response));
    });
  };
  Response response = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Response)>(
      initiate, asio::use_awaitable);
  {
    const std::lock_guard lock(mutex_);
    --ready_;
  }
  taken_.notify_one();
  co_return response;
}

asio::awaitable<Response> Backend::write(Work work) {
  auto initiate = [this, &work](auto handler) {
    asio::post(writer_thread_, [this, &work, handler = std::move(handler)]() mutable {
      complete(std::move(handler), answer(work, *writer_));
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Response)>(initiate,
                                                                                         asio::use_awaitable);
}

asio::awaitable<void> Backend::aside(std::function<void()> work) {
  auto initiate = [this, &work](auto handler) {
    asio::post(aside_thread_, [&work, handler = std::move(handler)]() mutable {
      constexpr int kLeastUrgent = 19;
      ::setpriority(PRIO_PROCESS, 0, kLeastUrgent);  // on Linux of this thread alone
      work();
      const auto executor = asio::get_associated_executor(handler);
      asio::post(executor, [handler = std::move(handler)]() mutable { std::move(handler)(); });
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
}

asio::awaitable<base::Result<store::Receipt>> Backend::store(store::Upload upload) {
  using Result = base::Result<store::Receipt>;
  // The coroutine's own frame keeps the answer: a completion must have a default value, and a Result has
  // none.
  std::optional<Result> result;
  const std::int64_t workspace = upload.workspace;
  upload.received_us = clock_.now();
  auto initiate = [this, &upload, &result](auto handler) {
    auto kept = shared(std::move(handler));
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(upload), clock_.steps(), [kept, &result](Result stored) {
                          result.emplace(std::move(stored));
                          const auto executor = asio::get_associated_executor(*kept);
                          asio::post(executor, [kept] { std::move (*kept)(); });
                        }});
    if (waiting_.size() == 1) asio::post(writer_thread_, [this] { store_waiting(); });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
  if (*result) {
    changes_.note(workspace, (*result)->cluster);
    silence_.heard({workspace, (*result)->cluster});
  }
  co_return std::move(*result);
}

asio::awaitable<base::Micros> Backend::follow_clock(base::Micros lost_after) {
  const base::Micros step = clock_.step();
  if (step == 0 && clock_changes_ == 0) co_return clock_.now();
  ++clock_changes_;
  // Who comes while another's change is under way waits behind it.
  const Work follow = [this, now = clock_.now(), step, lost_after](store::sqlite::SqliteStore& store) {
    if (step == 0) return Response{};
    log_line("the clock was set by " + std::to_string(step / base::kMicrosPerSecond) + " s");
    followed_steps_ += step;
    const auto followed = store.follow_clock(now, step, lost_after);
    return followed ? Response{} : failure_response(followed.error());
  };
  co_await write(follow);
  --clock_changes_;
  co_return clock_.now();
}

void Backend::store_waiting() {
  std::vector<store::Upload> uploads;
  std::vector<std::function<void(base::Result<store::Receipt>)>> done;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t count = std::min(waiting_.size(), kMaxTogether);
    for (std::size_t i = 0; i < count; ++i) {
      Waiting& next = waiting_.front();
      // By the clock that the store knows, where that was set while the upload waited.
      next.upload.received_us += followed_steps_ - next.clock_steps;
      uploads.push_back(std::move(next.upload));
      done.push_back(std::move(next.done));
      waiting_.pop_front();
    }
    // Whoever joins an empty queue wakes the writer; those left over need a wake of their own.
    if (!waiting_.empty()) asio::post(writer_thread_, [this] { store_waiting(); });
  }
  std::vector<base::Result<store::Receipt>> receipts;
  try {
    receipts = writer_->store(uploads);
  } catch (const std::exception& failure) {
    receipts.assign(uploads.size(), base::error(base::Errc::kInternal, failure.what()));
  }
  for (std::size_t i = 0; i < done.size(); ++i) done[i](std::move(receipts[i]));
}

void Backend::checkpoint() {
  asio::post(writer_thread_, [this, notes = doors_.take_notes(base::wall_now())] {
    if (const auto noted = write_notes(*writer_, notes); !noted) log_failure(noted.error().message);
    if (const auto moved = writer_->checkpoint(); !moved) log_failure(moved.error().message);
  });
}

}  // namespace pilothouse::hub
