#include "measure.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <ctime>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace pilothouse::bench {
namespace {

double seconds_of(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) throw std::runtime_error("a clock cannot be read");
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

double wall_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_of_this_process() { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }

double cpu_of(int pid) {
  clockid_t clock{};
  if (clock_getcpuclockid(pid, &clock) != 0) throw std::runtime_error("no process " + std::to_string(pid));
  return seconds_of(clock);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::uintmax_t database_bytes(const std::filesystem::path& database) {
  std::uintmax_t total = 0;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code absent;
    const std::uintmax_t size = std::filesystem::file_size(database.string() + suffix, absent);
    if (!absent) total += size;
  }
  return total;
}

void report(const boost::json::object& line) { std::cout << boost::json::serialize(line) << std::endl; }

}  // namespace pilothouse::bench
