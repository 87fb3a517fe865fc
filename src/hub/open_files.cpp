#include "hub/open_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace pilothouse::hub {
namespace {

constexpr rlim_t kOwnFiles = 64;  // the database, a copy being made, the loop

}  // namespace

std::size_t make_room_for_connections(std::size_t connections) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return connections;
  const rlim_t wanted = connections + kOwnFiles;
  if (limit.rlim_cur < wanted) {
    rlimit raised{std::min(wanted, limit.rlim_max), limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  if (limit.rlim_cur >= wanted) return connections;
  return limit.rlim_cur > kOwnFiles ? limit.rlim_cur - kOwnFiles : 1;
}

}  // namespace pilothouse::hub
