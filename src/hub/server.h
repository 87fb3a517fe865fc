#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/paths.h"
#include "hub/doors.h"
#include "pages/asset.h"
#include "store/record_store.h"

namespace pilothouse::hub {

inline constexpr std::uint16_t kDefaultPort = 8790;

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = kDefaultPort;  // 0: any free one
  std::filesystem::path state_dir = base::default_state_dir();
  base::Micros lost_after = store::kDefaultLostAfter;
  base::Micros retention_interval = 60 * base::kMicrosPerSecond;  // between two looks at what may go
  DoorLimits limits;
  std::filesystem::path tls_certificate;  // PEM; empty: plain HTTP
  std::filesystem::path tls_key;
  std::string url;                      // by which clients on this machine find the hub; empty: found out
  std::size_t max_connections = 4096;   // less where the system allows fewer open files
  bool insecure = false;                // allows a host that is not this machine's loopback, without TLS
  bool log_requests = false;            // one line to stderr for each request
  unsigned threads = 2;                 // readers
  std::span<const pages::Asset> pages;  // none: only the API
};

// Serves until SIGTERM or SIGINT; then running requests are finished (10 s at most) and the database is left
// tidy. With TLS, SIGHUP has it read certificate and key again, for connections that come after that. Writes
// "Pilothouse hub listening on http[s]://HOST:PORT" to stdout once clients may come, and errors to
// stderr. Returns the exit code: 0, or 1 when the hub could not start.
int serve(const Options& options);

}  // namespace pilothouse::hub
