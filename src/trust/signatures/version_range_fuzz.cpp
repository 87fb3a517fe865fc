#include "base/fuzz.h"
#include "trust/signatures/version.h"

using namespace pilothouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::fuzz_text(data, size);
  const auto release = trust::Version::release_of(text);
  if (const auto version = trust::Version::parse(text)) {
    base::fuzz_expect(release.has_value() && *release == *version);
    const auto range = trust::VersionRange::parse("==" + std::string(text));
    base::fuzz_expect(!range || range->contains(*version));
  }
  if (const auto range = trust::VersionRange::parse(text)) {
    base::fuzz_expect(!trust::Version::parse(text));
    const auto never = trust::VersionRange::parse(std::string(text) + ",<0");
    base::fuzz_expect(!never || !never->contains({}));
  }
  return 0;
}
