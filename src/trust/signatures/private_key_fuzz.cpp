#include "base/fuzz.h"
#include "trust/signatures/private_key.h"

using namespace pilothouse;

// A key that is read is written and read again, the same. Without a passphrase: the file says how much work
// one costs.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::fuzz_text(data, size);
  const auto key = trust::PrivateKey::from_pem(text, {});
  if (!key) return 0;
  base::fuzz_expect(!trust::PrivateKey::is_encrypted(text));
  const auto pem = key->to_pem({});
  base::fuzz_expect(pem.has_value());
  const auto again = trust::PrivateKey::from_pem(*pem, {});
  base::fuzz_expect(again.has_value() && again->public_key() == key->public_key());
  return 0;
}
