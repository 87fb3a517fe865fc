#include "recorder/core/uploader.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "base/temporary_directory.h"
#include "recorder/core/recorder.h"
#include "recorder/core/recover.h"
#include "tape/chunk.h"

namespace pilothouse::recorder {
namespace {

namespace fs = std::filesystem;
namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;
using tape::Kind;

// The least that a hub does: remembers keys and the mark. Every third answer is lost on its way. The first
// `busy` requests are answered with that status, and nothing of them is taken.
class SmallHub {
 public:
  explicit SmallHub(int busy = 0, http::status status = http::status::ok)
      : busy_(busy),
        busy_status_(status),
        acceptor_(loop_, {asio::ip::address_v4::loopback(), 0}),
        thread_([this] { serve(); }) {}
  ~SmallHub() {
    ending_ = true;
    boost::system::error_code ignored;
    asio::ip::tcp::socket wake(loop_);
    wake.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }
  SmallHub(const SmallHub&) = delete;
  SmallHub& operator=(const SmallHub&) = delete;

  net::HubAddress address() const {
    return *net::HubAddress::parse("http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()));
  }
  std::multiset<std::string> keys() const {
    const std::lock_guard lock(mutex_);
    return keys_;
  }
  int busy() const { return busy_; }
  std::vector<Kind> kinds() const {
    const std::lock_guard lock(mutex_);
    return kinds_;
  }

 private:
  void serve() {
    while (!ending_) {
      boost::system::error_code failed;
      asio::ip::tcp::socket socket(loop_);
      acceptor_.accept(socket, failed);
      boost::beast::flat_buffer buffer;
      while (!failed && !ending_) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(64U << 20);
        http::read(socket, buffer, parser, failed);
        if (failed) break;
        if (busy_ > 0) {
          http::response<http::string_body> later(busy_status_, 11);
          later.set(http::field::retry_after, "1");
          later.body() = R"({"error":{"code":"wait","message":"too many requests"}})";
          later.prepare_payload();
          http::write(socket, later, failed);
          --busy_;
          continue;
        }
        const auto [previous_mark, mark] = take(parser.get().body());
        if (++requests_ % 3 == 0) break;
        http::response<http::string_body> answer(http::status::ok, 11);
        answer.body() = R"({"mark":)" + std::to_string(mark) + R"(,"previous_mark":)" +
                        std::to_string(previous_mark) + R"(,"cluster":1,"desired_state":null})";
        answer.prepare_payload();
        http::write(socket, answer, failed);
      }
    }
  }

  // The mark before and after.
  std::pair<std::uint64_t, std::uint64_t> take(std::string_view body) {
    const std::lock_guard lock(mutex_);
    std::optional<std::uint64_t> previous;
    while (!body.empty()) {
      const auto chunk = tape::take_chunk(body);
      EXPECT_TRUE(chunk);
      if (!chunk) return {};
      session_ = chunk->session;
      if (!previous) previous = marks_[session_];
      if (chunk->sequence <= marks_[session_]) continue;
      marks_[session_] = chunk->sequence;
      kinds_.push_back(chunk->kind);
      if (chunk->kind != Kind::kSpans) continue;
      const auto block = tape::decode_span_block(chunk->payload);
      EXPECT_TRUE(block);
      std::size_t offset = 0;
      for (const std::uint32_t length : block->key_length) {
        keys_.emplace(block->key_bytes.substr(offset, length));
        offset += length;
      }
    }
    return {previous.value_or(marks_[session_]), marks_[session_]};
  }

  std::atomic<int> busy_;
  const http::status busy_status_;
  asio::io_context loop_;
  asio::ip::tcp::acceptor acceptor_;
  std::atomic<bool> ending_ = false;
  unsigned requests_ = 0;
  mutable std::mutex mutex_;
  base::SessionId session_;
  std::map<base::SessionId, std::uint64_t> marks_;
  std::multiset<std::string> keys_;
  std::vector<Kind> kinds_;
  std::thread thread_;
};

class UploaderTest : public testing::Test {
 protected:
  std::shared_ptr<tape::Spool> make_spool(const net::HubAddress& hub) const {
    tape::SpoolOptions options;
    options.bytes = 4U << 20;
    options.session = base::SessionId::random();
    options.session_json = "{}";
    options.hub = hub.to_string();
    options.hub_print = tape::hub_print(options.hub, "");
    auto spool = tape::Spool::create(directory_.path(), options);
    EXPECT_TRUE(spool) << spool.error().message;
    return std::move(*spool);
  }

  static UploaderOptions options(const net::HubAddress& hub) {
    UploaderOptions options;
    options.hub.address = hub;
    options.heartbeat = 5ms;
    return options;
  }

  base::TemporaryDirectory directory_;
};

void record(Recorder& recorder, int number) {
  const std::string key = "inc-" + std::to_string(number);
  const Action compute{recorder.action_number("compute"), 1'000'000 + number, 1'000'500 + number};
  Span span;
  span.key = key;
  span.group = "inc";
  span.worker = recorder.worker_number("tcp://w:1");
  span.actions = &compute;
  span.action_count = 1;
  recorder.task_entered(key, "inc", false);
  recorder.task_finished(span);
}

// The hook's thread writes as fast as it can while the uploader's drains, sends and repeats, and others ask
// for its status; made for the thread sanitizer.
TEST_F(UploaderTest, WritesDrainsAndSendsAtTheSameTime) {
  SmallHub hub;
  const auto spool = make_spool(hub.address());
  constexpr int kSpans = 60'000;
  {
    Uploader uploader(options(hub.address()), spool);
    Recorder recorder(spool, [&] { uploader.wake(); });
    recorder.open_computation("c-1", 1'000'000, R"({"client":null,"code":[],"annotations":{},"tags":[]})");
    std::atomic<bool> done = false;
    std::thread asking([&] {
      while (!done) {
        (void)uploader.status();
        (void)tape::all_drops(spool->journal());
        uploader.wake();
        std::this_thread::sleep_for(1ms);
      }
    });
    for (int i = 0; i < kSpans; ++i) {
      record(recorder, i);
      if (i % 97 == 0) recorder.put_record(Kind::kEvents, "{}");
      if (i % 1000 != 0) continue;
      recorder.flush();
      uploader.wake();
      if (uploader.take_resync()) recorder.describe_all_again();
      // Faster than a ring of half a megabyte can be emptied, this would only measure drops.
      while (spool->writer().free() < spool->journal_size() / 2) std::this_thread::sleep_for(1ms);
    }
    recorder.end(2'000'000, "over");
    done = true;
    asking.join();
    EXPECT_TRUE(uploader.finish(30s)) << uploader.status().problem;
  }
  EXPECT_EQ(tape::all_drops(spool->journal()), tape::Drops{});
  const auto keys = hub.keys();
  EXPECT_EQ(keys.size(), static_cast<std::size_t>(kSpans));
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), keys.size());
  EXPECT_EQ(hub.kinds().back(), Kind::kEnd);
  EXPECT_TRUE(fs::is_empty(directory_.path()));
}

// The hub never answers: the spool fills and drops, nothing waits, and what is there and what is counted make
// the whole.
TEST_F(UploaderTest, DropsWhileTheHubIsAway) {
  const auto nobody = *net::HubAddress::parse("http://127.0.0.1:9");
  constexpr std::uint64_t kSpans = 50'000;
  fs::path file;
  {
    const auto spool = make_spool(nobody);
    file = spool->file();
    Uploader uploader(options(nobody), spool);
    Recorder recorder(spool, [&] { uploader.wake(); });
    recorder.open_computation("c-1", 1'000'000, R"({"client":null,"code":[],"annotations":{},"tags":[]})");
    for (std::uint64_t i = 0; i < kSpans; ++i) record(recorder, static_cast<int>(i));
    recorder.end(2'000'000, "over");
    EXPECT_FALSE(uploader.finish(200ms));
    EXPECT_NE(uploader.status().problem, "");
    Uploader::stop_all(5s);
  }
  auto left = tape::Spool::open(file);
  for (int waits = 0; !left && waits < 500; ++waits) {
    std::this_thread::sleep_for(10ms);  // the thread lets go of it
    left = tape::Spool::open(file);
  }
  ASSERT_TRUE(left) << left.error().message;
  ASSERT_TRUE(close_tape(**left));
  std::uint64_t spans = 0;
  bool ended = false;
  for (const auto& segment : (*left)->segments()) {
    for (const auto& chunk : segment.chunks) {
      if (chunk.kind == Kind::kSpans) spans += chunk.records;
      ended = ended || chunk.kind == Kind::kEnd;
    }
  }
  EXPECT_TRUE(ended);
  EXPECT_EQ(spans + tape::all_drops((*left)->journal())[static_cast<std::size_t>(Kind::kSpans)].count,
            kSpans);
}

// A hub that has no time just now gets everything later: nothing is dropped or given up.
TEST_F(UploaderTest, WaitsForAHubThatAsksForIt) {
  for (const http::status status : {http::status::too_many_requests, http::status::service_unavailable}) {
    SmallHub hub(2, status);
    const auto spool = make_spool(hub.address());
    Uploader uploader(options(hub.address()), spool);
    Recorder recorder(spool, [&] { uploader.wake(); });
    for (int i = 0; i < 100; ++i) record(recorder, i);
    recorder.flush();
    uploader.wake();
    bool told = false;
    for (int waits = 0; hub.busy() > 0 && waits < 3000; ++waits) {
      const UploadStatus now = uploader.status();
      told = told || (now.link == UploadStatus::Link::kAway &&
                      now.problem.find("asks to wait") != std::string::npos &&
                      now.problem.find("too many requests") != std::string::npos);
      std::this_thread::sleep_for(1ms);
    }
    EXPECT_TRUE(told) << uploader.status().problem;
    recorder.end(2'000'000, "over");
    EXPECT_TRUE(uploader.finish(30s)) << uploader.status().problem;
    EXPECT_EQ(hub.keys().size(), 100U);
    EXPECT_EQ(tape::all_drops(spool->journal()), tape::Drops{});
  }
}

TEST_F(UploaderTest, BringsWhatOthersLeftForTheSameHub) {
  SmallHub hub;
  {
    const auto dead = make_spool(hub.address());
    Recorder recorder(dead, [] {});
    for (int i = 0; i < 100; ++i) record(recorder, i);
  }
  const auto spool = make_spool(hub.address());
  Uploader uploader(options(hub.address()), spool);
  for (int waits = 0; uploader.status().recovered == 0 && waits < 3000; ++waits) {
    uploader.wake();
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(uploader.status().recovered, 1U);
  EXPECT_EQ(hub.keys().size(), 100U);
  EXPECT_EQ(spools_in(directory_.path()).size(), 1U);
}

}  // namespace
}  // namespace pilothouse::recorder
