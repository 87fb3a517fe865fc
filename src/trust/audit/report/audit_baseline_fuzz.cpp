#include "base/fuzz.h"
#include "trust/audit/report/baseline.h"

using namespace pilothouse;

// Whatever the bytes: a baseline, or a reason why it is none.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto baseline = audit::read_baseline(base::fuzz_text(data, size));
  if (baseline) {
    for (const auto& [fingerprint, reason] : baseline->reasons) base::fuzz_expect(fingerprint.size() == 64);
  } else {
    base::fuzz_expect(!baseline.error().message.empty());
  }
  return 0;
}
