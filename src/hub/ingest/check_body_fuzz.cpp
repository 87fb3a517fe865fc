#include <cstring>

#include "base/fuzz.h"
#include "hub/ingest/check_body.h"
#include "tape/mutators.h"

using namespace pilothouse;

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  return tape::mutate_chunks(data, size, max_size, seed);
}

// Whole request bodies, of the session that their first chunk names.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::SessionId session;
  if (size >= tape::kHeaderSize) std::memcpy(session.bytes.data(), data + 16, session.bytes.size());
  const auto checked = hub::check_body(base::fuzz_text(data, size), session);
  if (!checked) {
    base::fuzz_expect(!checked.error().message.empty());
    return 0;
  }
  std::uint64_t last = 0;
  for (const store::Chunk& chunk : *checked) {
    base::fuzz_expect(chunk.sequence > last);
    last = chunk.sequence;
  }
  return 0;
}
