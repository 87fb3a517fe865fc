#include "base/fuzz.h"
#include "net/hub_address.h"

using namespace pilothouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto address = net::HubAddress::parse(base::fuzz_text(data, size));
  if (!address) return 0;
  const auto again = net::HubAddress::parse(address->to_string());
  base::fuzz_expect(again.has_value() && again->tls == address->tls && again->host == address->host &&
                    again->port == address->port && again->prefix == address->prefix);
  return 0;
}
