#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "net/http_client.h"
#include "tape/spool.h"

namespace pilothouse::recorder {

struct UploaderOptions {
  net::HubAccess hub;
  std::chrono::milliseconds heartbeat{1000};
  std::chrono::milliseconds request_timeout{10'000};
};

struct UploadStatus {
  enum class Link { kStarting, kConnected, kAway, kRefused };
  Link link = Link::kStarting;
  std::string problem;       // the last one, a sentence; empty when connected
  std::int64_t cluster = 0;  // the hub's id for this cluster, 0 until known
  std::uint64_t mark = 0;    // highest sequence the hub has acknowledged
  bool close_requested = false;
  std::uint64_t recovered = 0;  // recordings of others that it brought to the hub
};

// Encodes what the journal holds, writes it to the spool's segments, and brings those to the hub, on a thread
// of its own that knows nothing of Python. While the hub is away it tries again with growing pauses, and the
// spool bounds what waits. Once the hub has answered, the thread also brings what other recorders left behind
// in the same directory for the same hub.
class Uploader {
 public:
  Uploader(UploaderOptions options, std::shared_ptr<tape::Spool> spool);
  ~Uploader();  // ends the thread without waiting for the hub
  Uploader(const Uploader&) = delete;
  Uploader& operator=(const Uploader&) = delete;

  // Any thread.
  void wake();
  UploadStatus status() const;
  // True once after a hub asked to have the cluster described again.
  bool take_resync();

  // Sends the rest, removes the spool's file and ends the thread; false when `timeout` came first: the file
  // stays for the next recorder. Any thread but the uploader's.
  bool finish(std::chrono::milliseconds timeout);
  // After fork(), in the child: the thread is not there, nothing may be waited for.
  void forget_after_fork();
  // Ends the threads of all uploaders there are, before the process takes its statics down; waits `timeout`
  // for each.
  static void stop_all(std::chrono::milliseconds timeout);

 private:
  struct State;
  struct Registry;
  static Registry& registry();
  std::shared_ptr<State> state_;
};

}  // namespace pilothouse::recorder
