#include "recorder/core/recover.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/json.hpp>

#include "recorder/core/delivery.h"
#include "tape/drain.h"

namespace pilothouse::recorder {

namespace asio = boost::asio;
namespace fs = std::filesystem;
namespace json = boost::json;
using base::Errc;
using base::error;

std::vector<fs::path> spools_in(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, failed)) {
    if (entry.path().extension() == tape::Spool::kExtension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

base::Result<void> close_tape(tape::Spool& spool) {
  tape::Drops reported{};
  if (const auto drained = tape::drain(spool, tape::Extent::kEverything, reported); !drained)
    return drained.error();
  if (spool.ended()) return {};
  const base::Micros stop = std::max<base::Micros>(spool.journal().alive, spool.identity().created_us);
  spool.writer().put_record(tape::Kind::kEnd,
                            json::serialize(json::object{{"stop_us", stop}, {"reason", "lost"}}));
  if (const auto drained = tape::drain(spool, tape::Extent::kEverything, reported); !drained)
    return drained.error();
  return {};
}

asio::awaitable<base::Result<Recovered>> deliver_tape(tape::Spool& spool, const net::HubAccess& hub,
                                                      std::chrono::milliseconds timeout) {
  Recovered recovered;
  for (const tape::Spool::Segment& segment : spool.segments()) {
    for (const tape::Spool::ChunkPlace& chunk : segment.chunks) {
      ++recovered.chunks;
      if (chunk.kind == tape::Kind::kSpans) recovered.spans += chunk.records;
    }
  }
  Delivery delivery(co_await asio::this_coro::executor, spool, hub, timeout);
  while (!spool.segments().empty()) {
    switch (co_await delivery.send()) {
      case Delivery::Outcome::kDelivered:
      case Delivery::Outcome::kAgain:
        break;
      case Delivery::Outcome::kAway:
        co_return error(Errc::kUnavailable, delivery.problem());
      case Delivery::Outcome::kRefused:
        co_return error(Errc::kForbidden, delivery.problem());
    }
  }
  recovered.cluster = delivery.cluster();
  recovered.drops = tape::all_drops(spool.journal());
  spool.remove();
  co_return recovered;
}

}  // namespace pilothouse::recorder
