#include "base/duration.h"
#include "base/fuzz.h"

using namespace pilothouse::base;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz_text(data, size);
  if (const auto duration = parse_duration(text)) fuzz_expect(*duration >= 0);
  if (const auto moment = parse_iso8601(text)) {
    constexpr Micros kYear1 = -62'135'596'800 * kMicrosPerSecond;
    constexpr Micros kYear10000 = 253'402'300'800 * kMicrosPerSecond;
    if (*moment >= kYear1 && *moment < kYear10000) {
      const auto again = parse_iso8601(to_iso8601(*moment));
      fuzz_expect(again.has_value() && *again == *moment);
    }
  }
  constexpr Micros kNow = 1'769'904'000 * kMicrosPerSecond;
  if (const auto time = parse_time(text, kNow)) fuzz_expect(*time >= 0);
  return 0;
}
