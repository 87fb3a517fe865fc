#include "base/fuzz.h"
#include "recorder/core/exception_text.h"

using namespace pilothouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto split = recorder::split_exception_text(base::fuzz_text(data, size));
  base::fuzz_expect(!split.type.empty() && split.message.size() <= size);
  return 0;
}
