#include <set>

#include "base/fuzz.h"
#include "base/utf8.h"
#include "trust/audit/input/archive.h"

using namespace pilothouse;
using base::fuzz_expect;

namespace {

bool leads_out(const std::string& path) {
  return path.starts_with('/') || path.starts_with("../") || path.find("/../") != std::string::npos ||
         path == "..";
}

}  // namespace

// The first byte says by which name the rest goes. What is kept is bounded, has each name once, and none that
// leads out.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes = base::fuzz_text(data + 1, size - 1);
  audit::InputLimits limits;
  limits.max_file = 1U << 16;
  limits.max_unpacked = 1U << 20;
  limits.max_ratio = 20;
  limits.max_members = 100;
  const audit::MemorySource source(bytes);
  audit::Input input;
  input.name = data[0] % 2 == 0 ? "x.whl" : "x.tar.gz";
  const auto packing = audit::packing_of(source, input.name);
  if (!packing || !*packing) return 0;
  const auto done = audit::read_archive(source, **packing, limits, input);
  if (!done) fuzz_expect(base::is_utf8(done.error().message) && !done.error().message.empty());
  std::uint64_t all = 0;
  std::set<std::string> paths;
  for (const audit::SourceFile& file : input.files) {
    fuzz_expect(!file.path.empty() && base::is_utf8(file.path) && !leads_out(file.path));
    fuzz_expect(paths.insert(file.path).second);
    fuzz_expect(file.bytes.size() <= limits.max_file);
    all += file.bytes.size();
  }
  fuzz_expect(all <= limits.max_unpacked && input.files.size() <= limits.max_members);
  for (const audit::Unread& unread : input.unread)
    fuzz_expect(base::is_utf8(unread.path) && base::is_utf8(unread.reason));
  return 0;
}
