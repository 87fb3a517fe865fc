#include "tape/spool.h"

#define XXH_INLINE_ALL
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "base/host.h"
#include "tape/chunk.h"
#include "tape/rollups.h"
#include "tape/spool_file.h"
#include "tape/spool_layout.h"

namespace pilothouse::tape {
namespace {

using base::Errc;
using base::error;

// The least precious first; a segment holds them in the opposite order, so that dropping is cutting off its
// end. What is not named here is never dropped.
constexpr std::array kDropOrder{Kind::kSpans,   Kind::kSamples, Kind::kEvents,   Kind::kExceptions,
                                Kind::kBlames,  Kind::kGroups,  Kind::kProgress, Kind::kComputations,
                                Kind::kClients, Kind::kDrops,   Kind::kWorkers};

std::size_t rank(Kind kind) {
  return static_cast<std::size_t>(std::find(kDropOrder.begin(), kDropOrder.end(), kind) - kDropOrder.begin());
}

template <class Struct>
std::uint64_t checksum_of(const Struct& fields) {
  return XXH3_64bits(&fields, offsetof(Struct, checksum));
}

template <class Struct>
std::string_view bytes_of(const Struct& fields) {
  return {reinterpret_cast<const char*>(&fields), sizeof fields};
}

template <class Struct>
base::Result<Struct> read_struct(const SpoolFile& file, std::size_t position) {
  Struct fields{};
  if (auto got = file.read(position, reinterpret_cast<char*>(&fields), sizeof fields); !got) {
    return got.error();
  }
  return fields;
}

template <std::size_t N>
std::string text_of(const std::array<char, N>& chars) {
  return {chars.begin(), std::find(chars.begin(), chars.end(), '\0')};
}

template <std::size_t N>
void set_text(std::array<char, N>& chars, std::string_view text) {
  std::copy_n(text.begin(), std::min(text.size(), N - 1), chars.begin());
}

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string text;
  std::getline(file, text);
  return text;
}

std::size_t journal_bytes(std::size_t file_bytes) {
  return std::clamp(std::bit_floor(file_bytes / 8), layout::kMinJournal, layout::kMaxJournal);
}

constexpr std::size_t units(std::size_t bytes) {
  return (bytes + layout::kUnit - 1) / layout::kUnit * layout::kUnit;
}

std::size_t space_of(const Spool::Segment& segment) {
  return units(sizeof(layout::SegmentHeader) + segment.length);
}

void sort_by_rank(std::vector<EncodedChunk>& chunks) {
  std::stable_sort(chunks.begin(), chunks.end(),
                   [](const EncodedChunk& a, const EncodedChunk& b) { return rank(a.kind) > rank(b.kind); });
}

// Gives each chunk its place in the segment; returns the segment's content.
std::string place_chunks(Spool::Segment& segment, std::vector<EncodedChunk> chunks) {
  sort_by_rank(chunks);
  std::string content;
  for (const EncodedChunk& chunk : chunks) {
    segment.chunks.push_back({chunk.kind, chunk.sequence, chunk.records,
                              static_cast<std::uint32_t>(content.size()),
                              static_cast<std::uint32_t>(chunk.bytes.size())});
    content += chunk.bytes;
  }
  segment.length = static_cast<std::uint32_t>(content.size());
  return content;
}

std::uint64_t last_present(const Spool::Segment& segment) {
  std::uint64_t last = 0;
  for (const Spool::ChunkPlace& chunk : segment.chunks) last = std::max(last, chunk.sequence);
  return last;
}

}  // namespace

struct Spool::Impl {
  explicit Impl(SpoolFile opened) : file(std::move(opened)) {}

  SpoolFile file;
  layout::Superblock superblock{};
  layout::Ledger ledger{};
  SpoolOptions identity;
  JournalHeader* journal = nullptr;
  char* ring = nullptr;
  bool journal_survived = true;
  std::vector<Segment> segments;                // by sequence
  std::map<std::uint64_t, std::uint64_t> used;  // where they begin and end
  std::uint64_t pinned = 0;

  base::Result<void> create(const SpoolOptions& options);
  base::Result<void> load();
  base::Result<void> map();
  base::Result<void> load_ledger();
  base::Result<void> find_segments();
  bool read_segment(std::size_t position, Segment& segment) const;
  base::Result<void> write_ledger();
  base::Result<void> write_segment(const Segment& segment, std::string_view content) const;
  base::Result<void> release(std::size_t number);
  void occupy(const Segment& segment) { used[segment.position] = segment.position + space_of(segment); }
  std::optional<std::uint64_t> find_space(std::size_t size) const;
  base::Result<std::optional<std::uint64_t>> make_space(std::size_t size);
  base::Result<bool> drop_oldest(Kind kind);
  base::Result<void> gather();
  base::Result<void> erase_header(const Segment& segment) const;
  void count_drop(const ChunkPlace& chunk) const {
    tape::count_drop(journal->reader_drops, chunk.kind, chunk.records, chunk.length);
  }
  std::size_t area_begin() const { return layout::kJournal + superblock.journal_bytes; }
};

// --- making and opening
// --------------------------------------------------------------------------------------

base::Result<void> Spool::Impl::create(const SpoolOptions& options) {
  identity = options;
  superblock.magic = layout::kMagic;
  superblock.version = layout::kVersion;
  superblock.pid = static_cast<std::uint32_t>(::getpid());
  superblock.file_bytes = file.bytes();
  superblock.journal_bytes = journal_bytes(file.bytes());
  superblock.session = options.session.bytes;
  set_text(superblock.boot, boot_id());
  superblock.created_us = options.created_us;
  superblock.hub_print = options.hub_print;
  set_text(superblock.host, base::host_name());
  set_text(superblock.hub, options.hub);
  superblock.checksum = checksum_of(superblock);

  const std::string& session = options.session_json;
  if (session.size() > layout::kSessionBytes - sizeof(layout::SessionHead)) {
    return error(Errc::kTooLarge, "the description of the session is over 16 KiB");
  }
  const layout::SessionHead head{session.size(), XXH3_64bits(session.data(), session.size())};
  if (auto put = file.write(layout::kSession, std::string(bytes_of(head)) + session); !put) return put;
  if (auto mapped = map(); !mapped) return mapped;
  ledger.last_sequence = 1;  // the session's own record
  if (auto put = write_ledger(); !put) return put;
  // Last: a file without it is none.
  return file.write(0, bytes_of(superblock));
}

base::Result<void> Spool::Impl::map() {
  const auto header = file.map(layout::kJournalHeader, layout::kPage, false);
  if (!header) return header.error();
  journal = reinterpret_cast<JournalHeader*>(*header);
  auto mapped = file.map(layout::kJournal, superblock.journal_bytes, true);
  if (!mapped) return mapped.error();
  ring = *mapped;
  return {};
}

base::Result<void> Spool::Impl::load() {
  const std::string name = file.path().empty() ? "this" : file.path().string();
  if (file.bytes() < layout::kMinBytes || file.bytes() > layout::kMaxBytes) {
    return error(Errc::kMalformed, name + " is not a spool: its size cannot be right");
  }
  const auto read = read_struct<layout::Superblock>(file, 0);
  if (!read) return read.error();
  superblock = *read;
  if (superblock.magic != layout::kMagic) return error(Errc::kMalformed, name + " is not a spool");
  if (superblock.version != layout::kVersion) {
    return error(Errc::kMalformed, name + " is a spool of version " + std::to_string(superblock.version) +
                                       ", this program reads " + std::to_string(layout::kVersion) +
                                       "; a newer Pilothouse may read it");
  }
  if (superblock.checksum != checksum_of(superblock)) {
    return error(Errc::kMalformed, name + ": the superblock's checksum does not match");
  }
  if (superblock.file_bytes != file.bytes() || superblock.journal_bytes != journal_bytes(file.bytes())) {
    return error(Errc::kMalformed, name + " was cut short or has grown");
  }
  identity.bytes = file.bytes();
  identity.session.bytes = superblock.session;
  identity.hub = text_of(superblock.hub);
  identity.hub_print = superblock.hub_print;
  identity.created_us = superblock.created_us;

  const auto head = read_struct<layout::SessionHead>(file, layout::kSession);
  if (!head) return head.error();
  if (head->length > layout::kSessionBytes - sizeof(layout::SessionHead)) {
    return error(Errc::kMalformed, name + ": the session's record cannot be that long");
  }
  identity.session_json.resize(head->length);
  auto got = file.read(layout::kSession + sizeof(layout::SessionHead), identity.session_json.data(),
                       identity.session_json.size());
  if (!got) return got;
  if (XXH3_64bits(identity.session_json.data(), identity.session_json.size()) != head->checksum) {
    return error(Errc::kMalformed, name + ": the session's record has another checksum");
  }

  if (auto mapped = map(); !mapped) return mapped;
  if (auto loaded = load_ledger(); !loaded) return loaded;
  if (auto found = find_segments(); !found) return found;

  journal_survived = text_of(superblock.boot) == boot_id();
  std::uint64_t taken = std::max<std::uint64_t>(journal->tail, ledger.journal_end);
  for (const Segment& segment : segments) taken = std::max(taken, segment.journal_end);
  const std::uint64_t head_position = journal->head;
  journal_survived =
      journal_survived && taken <= head_position && head_position - taken <= superblock.journal_bytes;
  if (!journal_survived) journal->head = taken;
  journal->tail = taken;
  ledger.journal_end = taken;
  return {};
}

base::Result<void> Spool::Impl::load_ledger() {
  for (const std::size_t place : {0, 1}) {
    const auto read = read_struct<layout::Ledger>(file, layout::kLedger + place * layout::kUnit);
    if (!read) return read.error();
    if (read->checksum == checksum_of(*read) && read->serial > ledger.serial) ledger = *read;
  }
  if (ledger.serial == 0) return error(Errc::kMalformed, file.path().string() + ": both ledgers are broken");
  return {};
}

base::Result<void> Spool::Impl::write_ledger() {
  ++ledger.serial;
  ledger.checksum = checksum_of(ledger);
  return file.write(layout::kLedger + ledger.serial % 2 * layout::kUnit, bytes_of(ledger));
}

bool Spool::Impl::read_segment(std::size_t position, Segment& segment) const {
  const auto header = read_struct<layout::SegmentHeader>(file, position);
  if (!header || header->magic != layout::kSegmentMagic || header->checksum != checksum_of(*header) ||
      header->session != superblock.session || header->last_sequence <= ledger.mark ||
      header->length > file.bytes() - position - sizeof *header) {
    return false;
  }
  std::string bytes(header->length, '\0');
  if (!file.read(position + sizeof *header, bytes.data(), bytes.size())) return false;
  segment = {position, header->journal_end, header->length, {}, header->last_sequence};
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::size_t before = rest.size();
    const auto chunk = take_chunk(rest);
    if (!chunk || chunk->session.bytes != superblock.session || chunk->sequence > header->last_sequence)
      return false;
    segment.chunks.push_back({chunk->kind, chunk->sequence, chunk->records,
                              static_cast<std::uint32_t>(bytes.size() - before),
                              static_cast<std::uint32_t>(before - rest.size())});
  }
  return segment.chunks.size() == header->chunks && !segment.chunks.empty();
}

base::Result<void> Spool::Impl::find_segments() {
  for (std::size_t position = area_begin(); position + layout::kUnit <= file.bytes();) {
    Segment segment;
    if (!read_segment(position, segment)) {
      position += layout::kUnit;
      continue;
    }
    position += space_of(segment);
    segments.push_back(std::move(segment));
  }
  // A process that died while it gathered left some chunks twice: the larger segment has them all.
  std::sort(segments.begin(), segments.end(),
            [](const Segment& a, const Segment& b) { return a.chunks.size() > b.chunks.size(); });
  std::set<std::uint64_t> seen;
  std::vector<Segment> found;
  found.swap(segments);
  for (Segment& segment : found) {
    const bool again = std::any_of(segment.chunks.begin(), segment.chunks.end(),
                                   [&](const ChunkPlace& chunk) { return seen.contains(chunk.sequence); });
    if (again) {
      if (auto put = erase_header(segment); !put) return put;
      continue;
    }
    for (const ChunkPlace& chunk : segment.chunks) seen.insert(chunk.sequence);
    occupy(segment);
    segments.push_back(std::move(segment));
  }
  std::sort(segments.begin(), segments.end(),
            [](const Segment& a, const Segment& b) { return a.last_sequence < b.last_sequence; });
  for (const Segment& segment : segments) {
    ledger.last_sequence = std::max(ledger.last_sequence, segment.last_sequence);
    for (const ChunkPlace& chunk : segment.chunks) {
      if (chunk.kind == Kind::kEnd) ledger.ended = 1;
    }
  }
  return {};
}

// --- segments
// ------------------------------------------------------------------------------------------------

// With no content: only the header, of a segment that was cut. Each chunk has a checksum of its own, so a
// header never vouches for content that did not reach the disk.
base::Result<void> Spool::Impl::write_segment(const Segment& segment, std::string_view content) const {
  layout::SegmentHeader header{layout::kSegmentMagic,
                               segment.journal_end,
                               segment.last_sequence,
                               segment.length,
                               static_cast<std::uint32_t>(segment.chunks.size()),
                               superblock.session,
                               0,
                               0};
  header.checksum = checksum_of(header);
  return file.write(segment.position, std::string(bytes_of(header)).append(content));
}

// Behind the newest when there is room, which is nearly always; else the first place that fits.
std::optional<std::uint64_t> Spool::Impl::find_space(std::size_t size) const {
  const auto fits = [&](std::uint64_t from, std::map<std::uint64_t, std::uint64_t>::const_iterator next) {
    return (next == used.end() ? file.bytes() : next->first) - from >= units(size);
  };
  if (!segments.empty()) {
    const std::uint64_t behind = segments.back().position + space_of(segments.back());
    if (fits(behind, used.lower_bound(behind))) return behind;
  }
  std::uint64_t free_from = area_begin();
  for (auto next = used.begin();; ++next) {
    if (fits(free_from, next)) return free_from;
    if (next == used.end()) return std::nullopt;
    free_from = next->second;
  }
}

base::Result<void> Spool::Impl::erase_header(const Segment& segment) const {
  return file.write(segment.position, std::string(sizeof(layout::SegmentHeader), '\0'));
}

// A segment in which nothing is left.
base::Result<void> Spool::Impl::release(std::size_t number) {
  if (auto put = erase_header(segments[number]); !put) return put;
  used.erase(segments[number].position);
  segments.erase(segments.begin() + static_cast<std::ptrdiff_t>(number));
  return write_ledger();
}

// Segments that lost their spans are small and lie all over the file: sixteen neighbours become one. Those
// that were gathered before stay, lest the whole outgrow every hole.
base::Result<void> Spool::Impl::gather() {
  constexpr std::size_t kTogether = 16;
  constexpr std::uint32_t kSmall = 2U << 10;
  const auto is_small = [this](const Segment& segment) {
    return segment.length < kSmall && segment.last_sequence > pinned &&
           segment.chunks.back().kind != Kind::kSpans;
  };
  auto first = segments.begin();
  auto last = first;
  for (; last != segments.end() && last - first < static_cast<std::ptrdiff_t>(kTogether); ++last) {
    if (!is_small(*last)) first = last + 1;
  }
  if (last - first < static_cast<std::ptrdiff_t>(kTogether)) return {};

  std::vector<EncodedChunk> chunks;
  for (auto segment = first; segment != last; ++segment) {
    std::string bytes(segment->length, '\0');
    auto got = file.read(segment->position + sizeof(layout::SegmentHeader), bytes.data(), bytes.size());
    if (!got) return got;
    for (const ChunkPlace& chunk : segment->chunks) {
      chunks.push_back({chunk.kind, chunk.sequence, chunk.records, bytes.substr(chunk.offset, chunk.length)});
    }
  }
  const Segment& newest = *(last - 1);
  Segment whole{0, newest.journal_end, 0, {}, newest.last_sequence};
  const std::string content = place_chunks(whole, merge_rollups(std::move(chunks), identity.session));
  const auto place = find_space(sizeof(layout::SegmentHeader) + content.size());
  if (!place) return {};
  whole.position = *place;
  if (auto put = write_segment(whole, content); !put) return put;
  for (auto segment = first; segment != last; ++segment) {
    if (auto put = erase_header(*segment); !put) return put;
    used.erase(segment->position);
  }
  occupy(whole);
  *first = std::move(whole);
  segments.erase(first + 1, last);
  return {};
}

// True when there was one to drop.
base::Result<bool> Spool::Impl::drop_oldest(Kind kind) {
  for (std::size_t number = 0; number < segments.size(); ++number) {
    Segment& segment = segments[number];
    if (segment.last_sequence <= pinned || segment.chunks.back().kind != kind) continue;
    while (!segment.chunks.empty() && segment.chunks.back().kind == kind) {
      count_drop(segment.chunks.back());
      segment.length = segment.chunks.back().offset;
      segment.chunks.pop_back();
    }
    const bool empty = segment.chunks.empty();
    if (!empty) occupy(segment);
    const auto put = empty ? release(number) : write_segment(segment, {});
    if (!put) return put.error();
    return true;
  }
  return false;
}

base::Result<std::optional<std::uint64_t>> Spool::Impl::make_space(std::size_t size) {
  auto place = find_space(size);
  for (const Kind kind : kDropOrder) {
    while (!place) {
      const auto dropped = drop_oldest(kind);
      if (!dropped) return dropped.error();
      if (!*dropped) break;
      if (auto gathered = gather(); !gathered) return gathered.error();
      place = find_space(size);
    }
  }
  return place;
}

// --- the interface
// -------------------------------------------------------------------------------------------

Spool::Spool(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Spool::~Spool() = default;

std::uint64_t hub_print(std::string_view address, std::string_view token) {
  return XXH3_64bits_withSeed(token.data(), token.size(), XXH3_64bits(address.data(), address.size()));
}

base::Result<std::unique_ptr<Spool>> Spool::create(const std::filesystem::path& directory,
                                                   const SpoolOptions& options) {
  // Until it is locked, no other recorder must take it for one that was left behind.
  const std::filesystem::path name = directory / options.session.to_string();
  auto file = SpoolFile::create(name.string() + ".new", options.bytes);
  if (!file) return file.error();
  auto impl = std::make_unique<Impl>(std::move(*file));
  auto made = impl->file.lock();
  if (made) made = impl->create(options);
  if (made) made = impl->file.rename(name.string() + std::string(kExtension));
  if (!made) {
    impl->file.remove();
    return made.error();
  }
  return std::unique_ptr<Spool>(new Spool(std::move(impl)));
}

base::Result<std::unique_ptr<Spool>> Spool::create_in_memory(const SpoolOptions& options) {
  auto file = SpoolFile::create_in_memory(options.bytes);
  if (!file) return file.error();
  auto impl = std::make_unique<Impl>(std::move(*file));
  if (auto made = impl->create(options); !made) return made.error();
  return std::unique_ptr<Spool>(new Spool(std::move(impl)));
}

base::Result<std::unique_ptr<Spool>> Spool::open(const std::filesystem::path& path) {
  auto file = SpoolFile::open(path);
  if (!file) return file.error();
  auto impl = std::make_unique<Impl>(std::move(*file));
  if (auto locked = impl->file.lock(); !locked) return locked.error();
  if (auto loaded = impl->load(); !loaded) return loaded.error();
  return std::unique_ptr<Spool>(new Spool(std::move(impl)));
}

base::Result<std::unique_ptr<Spool>> Spool::open_copy(const std::filesystem::path& path) {
  auto file = SpoolFile::copy_to_memory(path);
  if (!file) return file.error();
  auto impl = std::make_unique<Impl>(std::move(*file));
  if (auto loaded = impl->load(); !loaded) return loaded.error();
  return std::unique_ptr<Spool>(new Spool(std::move(impl)));
}

bool Spool::is_spool(std::string_view first_bytes) {
  return first_bytes.starts_with(std::string_view(layout::kMagic.data(), layout::kMagic.size()));
}

const SpoolOptions& Spool::identity() const { return impl_->identity; }
const std::filesystem::path& Spool::file() const { return impl_->file.path(); }
std::string Spool::host() const { return text_of(impl_->superblock.host); }
std::uint32_t Spool::pid() const { return impl_->superblock.pid; }
bool Spool::journal_survived() const { return impl_->journal_survived; }
JournalHeader& Spool::journal() const { return *impl_->journal; }
std::size_t Spool::journal_size() const { return impl_->superblock.journal_bytes; }
JournalWriter Spool::writer() const { return {*impl_->journal, impl_->ring, journal_size()}; }

std::string_view Spool::journal_content() const {
  const std::uint64_t tail = impl_->journal->tail.load(std::memory_order_relaxed);
  const std::uint64_t head = impl_->journal->head.load(std::memory_order_acquire);
  return {impl_->ring + (tail & (journal_size() - 1)), static_cast<std::size_t>(head - tail)};
}

std::uint64_t Spool::next_sequence() const { return impl_->ledger.last_sequence + 1; }
std::span<const Spool::Segment> Spool::segments() const { return impl_->segments; }
std::uint64_t Spool::mark() const { return impl_->ledger.mark; }
void Spool::pin(std::uint64_t sequence) { impl_->pinned = sequence; }
bool Spool::ended() const { return impl_->ledger.ended != 0; }

base::Result<void> Spool::append(std::vector<EncodedChunk> chunks, std::uint64_t journal_end) {
  layout::Ledger& ledger = impl_->ledger;
  for (const EncodedChunk& chunk : chunks) {
    ledger.last_sequence = std::max(ledger.last_sequence, chunk.sequence);
    if (chunk.kind == Kind::kEnd) ledger.ended = 1;
  }
  sort_by_rank(chunks);

  // What finds no room even in an empty file loses its least precious chunks.
  std::optional<std::uint64_t> place;
  while (!chunks.empty()) {
    const std::size_t size =
        std::accumulate(chunks.begin(), chunks.end(), sizeof(layout::SegmentHeader),
                        [](std::size_t sum, const EncodedChunk& chunk) { return sum + chunk.bytes.size(); });
    auto made = impl_->make_space(size);
    if (!made) return made.error();
    place = *made;
    if (place) break;
    const EncodedChunk& last = chunks.back();
    tape::count_drop(impl_->journal->reader_drops, last.kind, last.records, last.bytes.size());
    chunks.pop_back();
  }

  if (place) {
    Segment segment{*place, journal_end, 0, {}, ledger.last_sequence};
    const std::string content = place_chunks(segment, std::move(chunks));
    if (auto put = impl_->write_segment(segment, content); !put) return put;
    impl_->occupy(segment);
    impl_->segments.push_back(std::move(segment));
    ledger.journal_end = journal_end;
  } else {
    ledger.journal_end = journal_end;
    if (auto put = impl_->write_ledger(); !put) return put;
  }
  impl_->journal->tail.store(journal_end, std::memory_order_release);
  return {};
}

base::Result<std::string> Spool::read(const Segment& segment) const {
  std::string stored(segment.length, '\0');
  const auto got =
      impl_->file.read(segment.position + sizeof(layout::SegmentHeader), stored.data(), stored.size());
  if (!got) return got.error();
  std::vector<ChunkPlace> chunks = segment.chunks;
  std::sort(chunks.begin(), chunks.end(),
            [](const ChunkPlace& a, const ChunkPlace& b) { return a.sequence < b.sequence; });
  std::string bytes;
  for (const ChunkPlace& chunk : chunks) bytes.append(stored, chunk.offset, chunk.length);
  return bytes;
}

base::Result<void> Spool::acknowledge(std::uint64_t mark) {
  impl_->ledger.mark = std::max(impl_->ledger.mark, mark);
  if (auto put = impl_->write_ledger(); !put) return put;
  std::erase_if(impl_->segments, [&](const Segment& segment) {
    if (last_present(segment) > mark) return false;
    impl_->used.erase(segment.position);
    return true;
  });
  return {};
}

base::Result<void> Spool::drop(std::uint64_t sequence) {
  for (std::size_t number = 0; number < impl_->segments.size(); ++number) {
    auto& chunks = impl_->segments[number].chunks;
    const auto chunk = std::find_if(chunks.begin(), chunks.end(), [sequence](const ChunkPlace& place) {
      return place.sequence == sequence;
    });
    if (chunk == chunks.end()) continue;
    impl_->count_drop(*chunk);
    chunks.erase(chunk);
    if (chunks.empty()) return impl_->release(number);
    return {};
  }
  return {};
}

base::Result<void> Spool::sync() const { return impl_->file.sync_with_directory(); }
void Spool::remove() { impl_->file.remove(); }
void Spool::close_after_fork() { impl_->file.abandon(); }

}  // namespace pilothouse::tape
