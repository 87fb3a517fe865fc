#include "recorder/core/uploader.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "recorder/core/delivery.h"
#include "recorder/core/recover.h"
#include "tape/drain.h"

namespace pilothouse::recorder {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using Outcome = Delivery::Outcome;

constexpr auto kFirstPause = 100ms;
constexpr auto kLongestPause = 5s;

}  // namespace

struct Uploader::State {
  State(UploaderOptions given, std::shared_ptr<tape::Spool> to)
      : options(std::move(given)),
        spool(std::move(to)),
        timer(loop),
        delivery(loop.get_executor(), *spool, options.hub, options.request_timeout) {}

  const UploaderOptions options;
  const std::shared_ptr<tape::Spool> spool;

  // Owned by the uploader's thread.
  asio::io_context loop{1};
  asio::steady_timer timer;
  Delivery delivery;
  tape::Drops reported{};
  Steady::duration pause = kFirstPause;
  bool looked_for_others = false;
  bool drained = false;  // since the last request began
  bool finishing = false;
  std::string disk_problem;

  std::atomic<bool> resync = false;

  mutable std::mutex mutex;  // guards what follows
  std::condition_variable ended_changed;
  bool ended = false;
  bool all_sent = false;
  UploadStatus status;

  // Ends the thread, whatever it does; false when it did not end in time.
  bool stop(std::chrono::milliseconds timeout) {
    loop.stop();
    std::unique_lock lock(mutex);
    return ended_changed.wait_for(lock, timeout, [&] { return ended; });
  }

  void drain();
  asio::awaitable<void> run();
  asio::awaitable<void> recover_others();
  asio::awaitable<void> wait_until(Steady::time_point time);  // or until something was drained
  asio::awaitable<void> rest();
  asio::awaitable<void> back_off();
  void report(Outcome outcome);
};

// Also while a request waits for its answer: the journal must not fill because a hub is slow.
void Uploader::State::drain() {
  const auto written = tape::drain(*spool, tape::Extent::kSealed, reported);
  disk_problem = written ? "" : written.error().message;
  drained = true;
  timer.cancel();
}

void Uploader::State::report(Outcome outcome) {
  if (delivery.take_resync()) {
    resync = true;
    reported = {};
  }
  const std::lock_guard lock(mutex);
  status.cluster = delivery.cluster();
  status.mark = spool->mark();
  status.close_requested = delivery.close_requested();
  status.problem = delivery.problem();
  // A failure of TLS has a second line, what to do: here both are one sentence of a log.
  for (std::size_t end; (end = status.problem.find('\n')) != std::string::npos;)
    status.problem.replace(end, 1, ". ");
  switch (outcome) {
    case Outcome::kDelivered:
      status.link = UploadStatus::Link::kConnected;
      status.problem = disk_problem;
      break;
    case Outcome::kAgain:
      if (!status.problem.empty()) status.link = UploadStatus::Link::kConnected;
      break;
    case Outcome::kAway:
      status.link = UploadStatus::Link::kAway;
      break;
    case Outcome::kRefused:
      status.link = UploadStatus::Link::kRefused;
      break;
  }
}

asio::awaitable<void> Uploader::State::wait_until(Steady::time_point time) {
  timer.expires_at(time);
  boost::system::error_code cancelled;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

asio::awaitable<void> Uploader::State::rest() {
  if (!drained) co_await wait_until(Steady::now() + options.heartbeat);
}

asio::awaitable<void> Uploader::State::back_off() {
  const auto until = Steady::now() + pause;
  pause = std::min<Steady::duration>(2 * pause, kLongestPause);
  while (Steady::now() < until && !finishing) co_await wait_until(until);
  if (finishing) {
    const auto soon = Steady::now() + kFirstPause;
    while (Steady::now() < soon) co_await wait_until(soon);
  }
}

asio::awaitable<void> Uploader::State::run() {
  if (const auto synced = spool->sync(); !synced) disk_problem = synced.error().message;
  while (true) {
    const bool last_round = finishing;
    drained = false;
    const Outcome outcome = co_await delivery.send();
    report(outcome);
    if (outcome == Outcome::kAway || outcome == Outcome::kRefused) {
      co_await back_off();
      continue;
    }
    pause = kFirstPause;
    if (outcome == Outcome::kAgain || !spool->segments().empty()) continue;
    if (last_round) {
      spool->remove();
      const std::lock_guard lock(mutex);
      all_sent = true;
      loop.stop();
      co_return;
    }
    if (!looked_for_others) {
      looked_for_others = true;
      asio::co_spawn(loop, recover_others(), asio::detached);
    }
    co_await rest();
  }
}

asio::awaitable<void> Uploader::State::recover_others() {
  if (spool->file().empty()) co_return;
  for (const std::filesystem::path& file : spools_in(spool->file().parent_path())) {
    if (file == spool->file()) continue;
    auto other = tape::Spool::open(file);
    // Of another machine, a lock on a shared file system may say nothing.
    if (!other || (*other)->host() != spool->host()) continue;
    if ((*other)->identity().hub_print != spool->identity().hub_print) continue;
    if (!close_tape(**other)) continue;
    const auto recovered = co_await deliver_tape(**other, options.hub, options.request_timeout);
    if (!recovered) co_return;
    const std::lock_guard lock(mutex);
    ++status.recovered;
  }
}

struct Uploader::Registry {
  std::mutex mutex;  // guards the rest
  std::vector<std::weak_ptr<State>> states;
};

Uploader::Registry& Uploader::registry() {
  static auto* registry = new Registry;  // outlives every thread
  return *registry;
}

void Uploader::stop_all(std::chrono::milliseconds timeout) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  for (const std::weak_ptr<State>& weak : all.states) {
    if (const auto state = weak.lock()) state->stop(timeout);
  }
  all.states.clear();
}

Uploader::Uploader(UploaderOptions options, std::shared_ptr<tape::Spool> spool)
    : state_(std::make_shared<State>(std::move(options), std::move(spool))) {
  {
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    std::erase_if(all.states, [](const std::weak_ptr<State>& weak) { return weak.expired(); });
    all.states.push_back(state_);
  }
  std::thread([state = state_] {
    // Signals belong to Python's threads.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    asio::co_spawn(state->loop, state->run(), asio::detached);
    state->loop.run();
    const std::lock_guard lock(state->mutex);
    state->ended = true;
    state->ended_changed.notify_all();
  }).detach();
}

Uploader::~Uploader() {
  if (state_) state_->loop.stop();
}

void Uploader::wake() {
  asio::post(state_->loop, [state = state_.get()] { state->drain(); });
}

UploadStatus Uploader::status() const {
  const std::lock_guard lock(state_->mutex);
  return state_->status;
}

bool Uploader::take_resync() { return state_->resync.exchange(false); }

bool Uploader::finish(std::chrono::milliseconds timeout) {
  asio::post(state_->loop, [state = state_.get()] {
    state->finishing = true;
    state->drain();
  });
  std::unique_lock lock(state_->mutex);
  state_->ended_changed.wait_for(lock, timeout, [&] { return state_->ended; });
  if (!state_->ended) state_->loop.stop();
  return state_->all_sent;
}

void Uploader::forget_after_fork() {
  // The parent's thread, its locks and its sockets are not this process's to touch or to free.
  new std::shared_ptr<State>(std::move(state_));
  registry().states.clear();
}

}  // namespace pilothouse::recorder
