#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "trust/audit/input/input.h"
#include "trust/audit/input/libarchive.h"

namespace pilothouse::audit {

// Takes the members of one archive, keeps the Python sources among them, and notes what it could not keep.
class Members {
 public:
  Members(const InputLimits& limits, Input& input) : limits_(limits), input_(input) {}

  // The member that `unpacker` is at. `budget` is spent as bytes are unpacked, null when that is done
  // elsewhere. Of two members of a name the one with the higher `rank` stays.
  void take(std::string_view raw_name, std::uint64_t rank, Unpacker& unpacker, Budget* budget);

  void note(std::string_view raw_name, std::string reason);

  // Hands what was kept over to the input.
  void finish();

 private:
  struct Kept {
    std::string bytes;
    std::uint64_t rank = 0;
  };
  bool read(const std::string& path, Unpacker& unpacker, Budget* budget, std::string& bytes);

  const InputLimits& limits_;
  Input& input_;
  std::map<std::string, Kept> kept_;
};

}  // namespace pilothouse::audit
