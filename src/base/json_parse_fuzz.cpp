#include <boost/json/serialize.hpp>

#include "base/fuzz.h"
#include "base/json_parse.h"

using namespace pilothouse;

// What parses is, written and parsed again, the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = base::parse_json(base::fuzz_text(data, size));
  if (!value) return 0;
  const auto again = base::parse_json(boost::json::serialize(*value));
  base::fuzz_expect(again.has_value() && *again == *value);
  return 0;
}
