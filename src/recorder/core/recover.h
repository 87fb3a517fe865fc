#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/http_client.h"
#include "tape/spool.h"

// Recordings whose process is gone: a spool is left behind when a scheduler was killed, or ended while its
// hub was away.
namespace pilothouse::recorder {

// The spools in a directory, by name; none when there is no such directory.
std::vector<std::filesystem::path> spools_in(const std::filesystem::path& directory);

// Encodes what the journal still holds, and writes the end of the session, with reason "lost", if its process
// did not.
base::Result<void> close_tape(tape::Spool& spool);

struct Recovered {
  std::uint64_t chunks = 0;
  std::uint64_t spans = 0;
  std::int64_t cluster = 0;  // the hub's id
  tape::Drops drops{};
};

// Sends the whole tape to the hub and removes its file. On failure the file stays as it was, less what the
// hub has acknowledged.
boost::asio::awaitable<base::Result<Recovered>> deliver_tape(tape::Spool& spool, const net::HubAccess& hub,
                                                             std::chrono::milliseconds timeout);

}  // namespace pilothouse::recorder
