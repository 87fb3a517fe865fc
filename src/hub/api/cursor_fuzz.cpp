#include "base/fuzz.h"
#include "hub/api/cursor.h"

using namespace pilothouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::fuzz_text(data, size);
  for (const std::string_view listing : {"clusters", "computations", ""}) {
    const auto cursor = hub::decode_cursor(listing, text);
    if (!cursor) continue;
    base::fuzz_expect(cursor->major >= 0 && cursor->minor >= 0);
    base::fuzz_expect(hub::decode_cursor(listing, hub::encode_cursor(listing, *cursor)) == cursor);
  }
  return 0;
}
