#include "base/fuzz.h"
#include "tape/chunk.h"
#include "tape/mutators.h"

using namespace pilothouse;

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  return tape::mutate_chunks(data, size, max_size, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = base::fuzz_text(data, size);
  while (const auto chunk = tape::take_chunk(rest)) {
    const auto payload = tape::raw_payload(*chunk);
    if (!payload) continue;
    base::fuzz_expect(payload->size() == chunk->raw_length);

    std::string bytes;
    base::fuzz_expect(
        tape::append_chunk(bytes, chunk->kind, chunk->session, chunk->sequence, chunk->records, *payload)
            .has_value());
    std::string_view again = bytes;
    const auto same = tape::take_chunk(again);
    base::fuzz_expect(same.has_value() && again.empty() && same->kind == chunk->kind &&
                      same->session == chunk->session && same->sequence == chunk->sequence &&
                      same->records == chunk->records && *tape::raw_payload(*same) == *payload);
  }
  return 0;
}
