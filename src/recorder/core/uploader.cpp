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
#include <boost/json.hpp>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "tape/chunk.h"

namespace pilothouse::recorder {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using tape::Kind;

constexpr std::size_t kRequestBytes = 4U << 20;  // about what one request carries before compression
constexpr std::size_t kJsonChunkBytes = 1U << 20;
constexpr auto kFirstPause = 100ms;
constexpr auto kLongestPause = 5s;

// A chunk before encoding; kept until the hub has acknowledged it.
struct PendingChunk {
  Kind kind;
  std::uint64_t sequence;
  std::uint32_t records;
  std::string payload;
};

std::string json_array(const std::vector<std::string>& records) {
  std::string text = "[";
  for (const std::string& record : records) {
    if (text.size() > 1) text += ',';
    text += record;
  }
  return text += ']';
}

// The answer's object; empty when it is none.
json::object object_in(const net::Response& response) {
  boost::system::error_code failed;
  const json::value answer = json::parse(response.body, failed);
  return !failed && answer.is_object() ? answer.get_object() : json::object();
}

}  // namespace

struct Uploader::State {
  State(UploaderOptions given, std::shared_ptr<BoundedQueue> from)
      : options(std::move(given)),
        queue(std::move(from)),
        timer(loop),
        client(loop.get_executor(), options.hub, options.token) {}

  const UploaderOptions options;
  const std::shared_ptr<BoundedQueue> queue;

  // Owned by the uploader's thread.
  asio::io_context loop{1};
  asio::steady_timer timer;
  net::HttpClient client;
  std::vector<PendingChunk> pending;
  std::uint64_t next_sequence = 1;
  Drops reported{};
  Steady::duration pause = kFirstPause;

  std::atomic<bool> woken = false;
  std::atomic<bool> finishing = false;
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

  asio::awaitable<void> run();
  asio::awaitable<bool> send();
  asio::awaitable<void> wait_until(Steady::time_point time);  // or until woken
  asio::awaitable<void> rest();
  asio::awaitable<void> back_off();
  void add_chunk(Kind kind, std::uint32_t records, std::string payload);
  void fill_pending();
  void add_drops();
  void describe_session_again();
  bool accept(const net::Response& response);
  bool refuse(const net::Response& response);
  void drop_chunks(std::uint64_t sequence, std::string_view why);
  void set_link(UploadStatus::Link link, std::string problem);
};

void Uploader::State::add_chunk(Kind kind, std::uint32_t records, std::string payload) {
  pending.push_back({kind, next_sequence++, records, std::move(payload)});
}

void Uploader::State::add_drops() {
  const Drops now = queue->drops();
  std::vector<std::string> records;
  for (std::size_t kind = 1; kind < now.size(); ++kind) {
    if (now[kind].count == reported[kind].count) continue;
    records.push_back(json::serialize(json::object{
        {"kind", tape::kKindNames[kind]}, {"count", now[kind].count}, {"bytes", now[kind].bytes}}));
  }
  reported = now;
  if (!records.empty()) {
    add_chunk(Kind::kDrops, static_cast<std::uint32_t>(records.size()), json_array(records));
  }
}

// Neighbours of one kind share a chunk.
void Uploader::State::fill_pending() {
  std::vector<std::string> records;
  std::size_t bytes = 0;
  Kind kind = Kind::kSession;
  const auto flush = [&] {
    if (records.empty()) return;
    add_chunk(kind, static_cast<std::uint32_t>(records.size()), json_array(records));
    records.clear();
    bytes = 0;
  };

  for (Item& item : queue->take(kRequestBytes)) {
    if (item.block) {
      flush();
      add_chunk(Kind::kSpans, item.records, tape::encode_span_block(*item.block));
      queue->recycle(std::move(item.block));
      continue;
    }
    if (item.kind != kind || bytes > kJsonChunkBytes) flush();
    kind = item.kind;
    bytes += item.json.size();
    records.push_back(std::move(item.json));
  }
  flush();
  add_drops();
}

// The hub has never seen this session: its record goes first, and everything gets new sequence numbers.
void Uploader::State::describe_session_again() {
  std::erase_if(pending, [](const PendingChunk& chunk) { return chunk.kind == Kind::kSession; });
  std::vector<PendingChunk> waiting;
  waiting.swap(pending);
  add_chunk(Kind::kSession, 1, "[" + options.session_json + "]");
  reported = {};
  for (PendingChunk& chunk : waiting) add_chunk(chunk.kind, chunk.records, std::move(chunk.payload));
}

void Uploader::State::set_link(UploadStatus::Link link, std::string problem) {
  const std::lock_guard lock(mutex);
  status.link = link;
  status.problem = std::move(problem);
}

void Uploader::State::drop_chunks(std::uint64_t sequence, std::string_view why) {
  std::erase_if(pending, [&](const PendingChunk& chunk) {
    if (sequence != 0 && chunk.sequence != sequence) return false;
    queue->count_drop(chunk.kind, chunk.records, chunk.payload.size());
    return true;
  });
  set_link(UploadStatus::Link::kConnected, "the hub refused a chunk: " + std::string(why));
}

bool Uploader::State::accept(const net::Response& response) {
  const json::object answer = object_in(response);
  const json::value* mark = answer.if_contains("mark");
  const json::value* cluster = answer.if_contains("cluster");
  const json::value* desired = answer.if_contains("desired_state");
  if (!mark || !mark->is_int64() || !cluster || !cluster->is_int64() || !desired) {
    set_link(UploadStatus::Link::kRefused,
             "what answers at " + options.hub.to_string() + " is not a Pilothouse hub");
    return false;
  }

  pending.clear();
  const std::lock_guard lock(mutex);
  status.link = UploadStatus::Link::kConnected;
  status.problem.clear();
  status.mark = static_cast<std::uint64_t>(mark->get_int64());
  status.cluster = cluster->get_int64();
  if (desired->is_string() && desired->get_string() == "stopped") status.close_requested = true;
  return true;
}

// True when it is worth sending the rest at once.
bool Uploader::State::refuse(const net::Response& response) {
  const json::object answer = object_in(response);
  const json::value* inner = answer.if_contains("error");
  std::string message = "it answered HTTP " + std::to_string(response.status);
  std::uint64_t sequence = 0;
  if (inner && inner->is_object()) {
    if (const json::value* text = inner->as_object().if_contains("message"); text && text->is_string()) {
      message += ": " + std::string(text->get_string());
    }
    if (const json::value* number = inner->as_object().if_contains("sequence");
        number && number->is_int64()) {
      sequence = static_cast<std::uint64_t>(number->get_int64());
    }
  }

  switch (response.status) {
    case 409:
      if (!pending.empty() && pending.front().kind == Kind::kSession) break;
      describe_session_again();
      resync = true;
      return true;
    case 413:
    case 422:
      drop_chunks(sequence, message);
      return true;
    default:
      break;
  }
  set_link(UploadStatus::Link::kRefused, "the hub at " + options.hub.to_string() + " refuses: " + message);
  return false;
}

// One request; true when more may be sent at once.
asio::awaitable<bool> Uploader::State::send() {
  std::string body;
  for (const PendingChunk& chunk : pending) {
    const auto added =
        tape::append_chunk(body, chunk.kind, options.session, chunk.sequence, chunk.records, chunk.payload);
    if (!added) {
      drop_chunks(chunk.sequence, added.error().message);
      co_return true;
    }
  }
  const auto response = co_await client.request(
      boost::beast::http::verb::post, "/api/v1/sessions/" + options.session.to_string() + "/chunks",
      std::move(body), "application/vnd.pilothouse.tape", options.request_timeout);
  if (!response) {
    set_link(UploadStatus::Link::kAway, response.error().message);
    co_return false;
  }
  co_return response->status == 200 ? accept(*response) : refuse(*response);
}

asio::awaitable<void> Uploader::State::wait_until(Steady::time_point time) {
  timer.expires_at(time);
  boost::system::error_code cancelled;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

asio::awaitable<void> Uploader::State::rest() {
  if (woken.exchange(false)) co_return;
  co_await wait_until(Steady::now() + options.heartbeat);
  woken = false;
}

asio::awaitable<void> Uploader::State::back_off() {
  const auto until = Steady::now() + pause;
  pause = std::min<Steady::duration>(2 * pause, kLongestPause);
  while (Steady::now() < until && !finishing) co_await wait_until(until);
  if (finishing) co_await wait_until(Steady::now() + kFirstPause);
}

asio::awaitable<void> Uploader::State::run() {
  add_chunk(Kind::kSession, 1, "[" + options.session_json + "]");
  while (true) {
    const bool last_round = finishing;
    if (pending.size() < 2) fill_pending();
    if (co_await send()) {
      pause = kFirstPause;
      if (!pending.empty() || queue->bytes() > 0) continue;
      if (last_round) {
        const std::lock_guard lock(mutex);
        all_sent = true;
        co_return;
      }
      co_await rest();
    } else {
      co_await back_off();
    }
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

Uploader::Uploader(UploaderOptions options, std::shared_ptr<BoundedQueue> queue)
    : state_(std::make_shared<State>(std::move(options), std::move(queue))) {
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
  state_->woken = true;
  asio::post(state_->loop, [state = state_.get()] { state->timer.cancel(); });
}

UploadStatus Uploader::status() const {
  const std::lock_guard lock(state_->mutex);
  return state_->status;
}

bool Uploader::take_resync() { return state_->resync.exchange(false); }

bool Uploader::finish(std::chrono::milliseconds timeout) {
  state_->finishing = true;
  wake();
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
