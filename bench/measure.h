#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace pilothouse::bench {

// Seconds.
double wall_now();
double cpu_of_this_process();
double cpu_of(int pid);  // all threads of another process, to the nanosecond; throws when there is none

double median(std::vector<double> values);

// Bytes of the files of a SQLite database, its log included.
std::uintmax_t database_bytes(const std::filesystem::path& database);

// One JSON line on standard output.
void report(const boost::json::object& line);

}  // namespace pilothouse::bench
