#include "base/fuzz.h"
#include "trust/signatures/revocation.h"

using namespace pilothouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto revocation = trust::Revocation::open(base::fuzz_text(data, size));
  if (!revocation) return 0;
  base::fuzz_expect(revocation->key.is_sound() && revocation->time_us >= 0);
  base::fuzz_expect(revocation->reason.size() <= trust::kMaxReason);
  base::fuzz_expect(!revocation->sha256 || revocation->sha256->size() == 64);
  return 0;
}
