#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// For the *_fuzz.cpp files: each defines LLVMFuzzerTestOneInput, which is given hostile bytes and aborts when
// an invariant does not hold.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace pilothouse::base {

inline std::string_view fuzz_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void fuzz_expect(bool holds) {
  if (!holds) std::abort();
}

}  // namespace pilothouse::base
