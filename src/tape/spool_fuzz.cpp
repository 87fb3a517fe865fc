
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/fuzz.h"
#include "base/temporary_directory.h"
#include "tape/bytes.h"
#include "tape/drain.h"
#include "tape/spool.h"

using namespace pilothouse;

namespace {

namespace fs = std::filesystem;

// A file as a killed recorder leaves it: two segments, and frames after them.
std::string make_template(const fs::path& directory) {
  tape::SpoolOptions options;
  options.bytes = 1U << 20;
  options.session_json = R"({"name":"fuzz"})";
  options.hub = "http://127.0.0.1:8790";
  fs::path file;
  {
    auto spool = tape::Spool::create(directory, options);
    base::fuzz_expect(spool.has_value());
    file = (*spool)->file();
    tape::JournalWriter journal = (*spool)->writer();
    tape::Drops reported{};
    for (int i = 0; i < 3; ++i) {
      journal.put_record(tape::Kind::kEvents, R"({"topic":"all"})");
      journal.put_seal();
      if (i < 2) base::fuzz_expect(tape::drain(**spool, tape::Extent::kSealed, reported).has_value());
    }
  }
  std::ifstream in(file, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  fs::remove(file);
  return bytes;
}

}  // namespace

// The input is a list of changes to a sound file: u32 where, u8 how many bytes, the bytes. A file that opens
// can be drained and read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const base::TemporaryDirectory kDirectory;
  static const std::string kTemplate = make_template(kDirectory.path());
  std::string bytes = kTemplate;
  tape::Reader in(base::fuzz_text(data, size));
  while (!in.at_end()) {
    const std::size_t where = in.take<std::uint32_t>() % bytes.size();
    std::string_view change = in.take(in.take<std::uint8_t>());
    if (!in.ok()) break;
    change = change.substr(0, bytes.size() - where);
    change.copy(bytes.data() + where, change.size());
  }

  const fs::path file = kDirectory / "changed.tape";
  std::ofstream(file, std::ios::binary) << bytes;
  const auto spool = tape::Spool::open_copy(file);
  if (!spool) return 0;
  tape::Drops reported{};
  (void)tape::drain(**spool, tape::Extent::kEverything, reported);
  for (const tape::Spool::Segment& segment : (*spool)->segments()) {
    base::fuzz_expect((*spool)->read(segment).has_value());
  }
  return 0;
}
