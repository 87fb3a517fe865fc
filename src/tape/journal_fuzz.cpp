#include <algorithm>
#include <cstring>
#include <memory>

#include "base/fuzz.h"
#include "tape/chunk.h"
#include "tape/drain.h"
#include "tape/span_block.h"

using namespace pilothouse;

namespace {

std::unique_ptr<tape::Spool> make_spool() {
  tape::SpoolOptions options;
  options.bytes = 1U << 20;
  options.session_json = "{}";
  auto spool = tape::Spool::create_in_memory(options);
  base::fuzz_expect(spool.has_value());
  return std::move(*spool);
}

}  // namespace

// Whatever lies in the journal: what is made of it is well-formed, and the journal is empty afterwards.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::unique_ptr<tape::Spool> kSpool = make_spool();
  tape::JournalWriter journal = kSpool->writer();
  size = std::min(size, journal.size() / 2);
  char* at = journal.reserve(size);
  base::fuzz_expect(at != nullptr);
  if (size > 0) std::memcpy(at, data, size);
  journal.commit(size);

  tape::Drops reported = tape::all_drops(kSpool->journal());
  base::fuzz_expect(tape::drain(*kSpool, tape::Extent::kEverything, reported).has_value());
  base::fuzz_expect(kSpool->journal_content().empty());
  std::uint64_t last = kSpool->mark();
  for (const tape::Spool::Segment& segment : kSpool->segments()) {
    const auto bytes = kSpool->read(segment);
    base::fuzz_expect(bytes.has_value());
    for (std::string_view rest = *bytes; !rest.empty();) {
      const auto chunk = tape::take_chunk(rest);
      base::fuzz_expect(chunk.has_value() && chunk->sequence > last);
      last = chunk->sequence;
      // Texts and times are the hub's to judge; the shape of a block is not.
      if (chunk->kind == tape::Kind::kSpans) (void)tape::decode_span_block(chunk->payload);
    }
  }
  base::fuzz_expect(kSpool->acknowledge(last).has_value());
  return 0;
}
