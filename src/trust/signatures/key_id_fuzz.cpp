#include "base/fuzz.h"
#include "trust/signatures/key.h"

using namespace pilothouse;

// A key has one text. And any 32 bytes have one that reads back, or are no key.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::fuzz_text(data, size);
  if (const auto key = trust::PublicKey::parse(text)) {
    base::fuzz_expect(key->is_sound() && key->to_string() == text);
  }
  trust::PublicKey key;
  for (std::size_t i = 0; i < size && i < key.bytes.size(); ++i) key.bytes[i] = data[i];
  const auto again = trust::PublicKey::parse(key.to_string());
  base::fuzz_expect(again.has_value() == key.is_sound() && (!again || *again == key));
  return 0;
}
