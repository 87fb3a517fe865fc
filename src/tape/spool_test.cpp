#include "tape/spool.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/temporary_directory.h"
#include "tape/chunk.h"
#include "tape/drain.h"
#include "tape/span_block.h"
#include "tape/spool_file.h"

namespace pilothouse::tape {
namespace {

namespace fs = std::filesystem;

class SpoolTest : public testing::Test {
 protected:
  void SetUp() override {
    options.bytes = 1U << 20;
    options.session = base::SessionId::random();
    options.session_json = R"({"name":"test"})";
    options.hub = "http://127.0.0.1:8790";
    options.hub_print = hub_print(options.hub, "ph_token");
    options.created_us = 1'769'904'000'000'000;
  }

  std::unique_ptr<Spool> make() {
    auto made = Spool::create(directory.path(), options);
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*made);
  }
  std::unique_ptr<Spool> reopen() {
    auto opened = Spool::open(file());
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }
  fs::path file() const { return directory / (options.session.to_string() + ".tape"); }

  base::TemporaryDirectory directory;
  SpoolOptions options;
  Drops reported{};
};

bool define(JournalWriter& journal) {
  return journal.put_definition(Table::kComputation, 0, "c-1", 0) &&
         journal.put_definition(Table::kGroup, 0, "inc", 0) &&
         journal.put_definition(Table::kAction, 0, "compute", 0);
}

// `count` spans of one group, numbered from `first`, as a hook writes them: all in a block of their own, or
// as part of one. False when the journal is full.
bool put_spans(JournalWriter& journal, int first, int count, bool own_block = true) {
  if (own_block && !define(journal)) return false;
  for (int i = first; i < first + count; ++i) {
    const std::string key = "inc-" + std::to_string(i);
    const std::size_t size = frame_size(sizeof(SpanFrame) + sizeof(ActionField) + key.size());
    char* at = journal.reserve(size);
    if (at == nullptr) return false;
    const SpanFrame span{{static_cast<std::uint32_t>(size), FrameType::kSpan, 1U << 8},
                         0,
                         kNone,
                         kNone,
                         static_cast<std::uint32_t>(key.size()),
                         7,
                         28};
    const ActionField action{1'769'904'000'000'000 + std::int64_t{i} * 1000,
                             std::int64_t{i} * 2'654'435'761 % (1 << 30) << 8};
    std::memcpy(at, &span, sizeof span);
    std::memcpy(at + sizeof span, &action, sizeof action);
    std::memcpy(at + sizeof span + sizeof action, key.data(), key.size());
    journal.commit(size);
  }
  return true;
}

struct Content {
  std::vector<std::string> keys;
  std::vector<Kind> kinds;
  std::string groups;  // all their records
  std::uint64_t last = 0;
};

Content content_of(const Spool& spool) {
  Content content;
  for (const Spool::Segment& segment : spool.segments()) {
    const auto bytes = spool.read(segment);
    EXPECT_TRUE(bytes);
    for (std::string_view rest = *bytes; !rest.empty();) {
      const auto chunk = take_chunk(rest);
      EXPECT_TRUE(chunk);
      EXPECT_GT(chunk->sequence, content.last);
      content.last = chunk->sequence;
      content.kinds.push_back(chunk->kind);
      if (chunk->kind == Kind::kGroups) content.groups += *raw_payload(*chunk);
      if (chunk->kind != Kind::kSpans) continue;
      const auto block = decode_span_block(chunk->payload);
      EXPECT_TRUE(block) << block.error().message;
      std::size_t offset = 0;
      for (const std::uint32_t length : block->key_length) {
        content.keys.emplace_back(block->key_bytes.substr(offset, length));
        offset += length;
      }
    }
  }
  return content;
}

TEST_F(SpoolTest, WhatIsDrainedComesBackWhenTheFileIsOpenedAgain) {
  {
    auto spool = make();
    EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    JournalWriter journal = spool->writer();
    ASSERT_TRUE(put_spans(journal, 0, 100));
    ASSERT_TRUE(journal.put_record(Kind::kWorkers, "{}"));
    ASSERT_TRUE(journal.put_record(Kind::kGroups, "{}"));
    ASSERT_TRUE(journal.put_seal());
    const auto drained = drain(*spool, Extent::kSealed, reported);
    ASSERT_TRUE(drained) << drained.error().message;
    EXPECT_EQ(*drained, 3U);
  }
  const auto spool = reopen();
  EXPECT_EQ(spool->identity().session_json, options.session_json);
  EXPECT_EQ(spool->identity().hub, options.hub);
  EXPECT_EQ(spool->identity().hub_print, options.hub_print);
  const Content content = content_of(*spool);
  EXPECT_EQ(content.keys.size(), 100U);
  EXPECT_EQ(content.kinds, (std::vector{Kind::kWorkers, Kind::kSpans, Kind::kGroups}));
  EXPECT_EQ(*drain(*spool, Extent::kEverything, reported), 0U);
  EXPECT_EQ(content_of(*spool).keys.size(), 100U);
}

TEST_F(SpoolTest, WhatFollowsTheLastSealWaitsForTheNextOrForTheEnd) {
  auto spool = make();
  JournalWriter journal = spool->writer();
  ASSERT_TRUE(put_spans(journal, 0, 10));
  ASSERT_TRUE(journal.put_seal());
  ASSERT_TRUE(put_spans(journal, 10, 5));
  ASSERT_TRUE(drain(*spool, Extent::kSealed, reported));
  EXPECT_EQ(content_of(*spool).keys.size(), 10U);
  spool.reset();
  spool = reopen();
  ASSERT_TRUE(drain(*spool, Extent::kEverything, reported));
  const Content content = content_of(*spool);
  ASSERT_EQ(content.keys.size(), 15U);
  EXPECT_EQ(content.keys.back(), "inc-14");
}

// The child is killed between two frames, many times; the file has every frame that it had finished.
TEST_F(SpoolTest, WhatAKilledProcessWroteIsThere) {
  for (int round = 0; round < 20; ++round) {
    options.session = base::SessionId::random();
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto spool = Spool::create(directory.path(), options);
      JournalWriter journal = (*spool)->writer();
      if (!define(journal)) _exit(1);
      Drops ignored{};
      for (int i = 0;; ++i) {
        if (i % 50 == 49) {
          journal.put_seal();
          if (!drain(**spool, Extent::kSealed, ignored) || !put_spans(journal, i, 1)) _exit(1);
        } else if (!put_spans(journal, i, 1, false)) {
          _exit(1);
        }
        if (::write(pipe[1], &i, sizeof i) != sizeof i) _exit(1);
      }
    }
    ::close(pipe[1]);
    int told = 0;
    int last = -1;
    while (told < 37 * (round + 1) && ::read(pipe[0], &last, sizeof last) == sizeof last) ++told;
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    while (::read(pipe[0], &last, sizeof last) == sizeof last) {
    }
    ::close(pipe[0]);
    const auto spool = reopen();
    Drops none{};
    ASSERT_TRUE(drain(*spool, Extent::kEverything, none));
    const Content content = content_of(*spool);
    ASSERT_GE(content.keys.size(), static_cast<std::size_t>(last + 1)) << "round " << round;
    for (std::size_t i = 0; i < content.keys.size(); ++i)
      ASSERT_EQ(content.keys[i], "inc-" + std::to_string(i));
    EXPECT_EQ(all_drops(spool->journal()), Drops{});
  }
}

TEST_F(SpoolTest, AnAcknowledgedSegmentIsGoneForGood) {
  {
    auto spool = make();
    JournalWriter journal = spool->writer();
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(put_spans(journal, i, 1));
      ASSERT_TRUE(journal.put_seal());
      ASSERT_TRUE(drain(*spool, Extent::kSealed, reported));
    }
    ASSERT_EQ(spool->segments().size(), 3U);
    ASSERT_TRUE(spool->acknowledge(spool->segments()[1].last_sequence));
    EXPECT_EQ(content_of(*spool).keys, std::vector<std::string>{"inc-2"});
  }
  const auto spool = reopen();
  EXPECT_EQ(content_of(*spool).keys, std::vector<std::string>{"inc-2"});
  EXPECT_EQ(spool->mark(), 3U);
  EXPECT_EQ(spool->next_sequence(), 5U);
}

TEST_F(SpoolTest, AFullFileDropsItsOldestSpansAndCountsThem) {
  auto spool = make();
  JournalWriter journal = spool->writer();
  constexpr int kRounds = 300;
  constexpr int kSpans = 900;
  for (int round = 0; round < kRounds; ++round) {
    ASSERT_TRUE(put_spans(journal, round * kSpans, kSpans));
    ASSERT_TRUE(journal.put_record(Kind::kEvents, "{}"));
    const std::string number = std::to_string(round);
    ASSERT_TRUE(
        journal.put_record(Kind::kGroups, R"({"computation":"c-1","name":"inc","runs":)" + number + "}"));
    ASSERT_TRUE(journal.put_seal());
    ASSERT_TRUE(drain(*spool, Extent::kSealed, reported));
  }
  ASSERT_TRUE(drain(*spool, Extent::kSealed, reported));
  const auto check = [&](const Spool& checked) {
    const Content content = content_of(checked);
    const Drops drops = all_drops(checked.journal());
    EXPECT_GT(drops[static_cast<std::size_t>(Kind::kSpans)].count, 0U);
    EXPECT_EQ(content.keys.size() + drops[static_cast<std::size_t>(Kind::kSpans)].count,
              std::size_t{kRounds} * kSpans);
    EXPECT_EQ(content.keys.back(), "inc-" + std::to_string(kRounds * kSpans - 1));
    EXPECT_EQ(std::count(content.kinds.begin(), content.kinds.end(), Kind::kEvents), kRounds);
    // Of what is absolute the last is enough, and the last is there.
    EXPECT_LT(std::count(content.kinds.begin(), content.kinds.end(), Kind::kGroups), kRounds);
    EXPECT_NE(content.groups.find(R"("runs":)" + std::to_string(kRounds - 1)), std::string::npos);
    EXPECT_EQ(drops[static_cast<std::size_t>(Kind::kGroups)].count, 0U);
    EXPECT_TRUE(std::count(content.kinds.begin(), content.kinds.end(), Kind::kDrops) > 0);
  };
  check(*spool);
  spool.reset();
  check(*reopen());
}

TEST_F(SpoolTest, AFullJournalSaysSo) {
  auto spool = make();
  JournalWriter journal = spool->writer();
  int rounds = 0;
  ASSERT_TRUE(define(journal));
  while (put_spans(journal, rounds, 1, false)) ASSERT_LT(++rounds, 100'000);
  EXPECT_FALSE(journal.put_record(Kind::kEvents, std::string(1000, 'x')));
  ASSERT_TRUE(drain(*spool, Extent::kEverything, reported));
  EXPECT_EQ(content_of(*spool).keys.size(), static_cast<std::size_t>(rounds));
  EXPECT_TRUE(put_spans(journal, rounds, 1));
}

// As after a power cut: the journal's pages hold anything, the segments are whole.
TEST_F(SpoolTest, AfterThePowerWentSegmentsAreThereAndTheJournalIsNotBelieved) {
  std::size_t journal_at = 0;
  {
    auto spool = make();
    JournalWriter journal = spool->writer();
    ASSERT_TRUE(put_spans(journal, 0, 10));
    ASSERT_TRUE(journal.put_seal());
    ASSERT_TRUE(drain(*spool, Extent::kSealed, reported));
    ASSERT_TRUE(put_spans(journal, 10, 5));
    journal_at = std::size_t{7} * 4096;
  }
  {
    std::fstream raw(file(), std::ios::in | std::ios::out | std::ios::binary);
    std::string superblock(4096, '\0');
    raw.read(superblock.data(), 4096);
    raw.seekp(static_cast<std::streamoff>(journal_at));
    for (int i = 0; i < 4096; ++i) raw.put(static_cast<char>(i * 7));
  }
  const auto spool = reopen();
  Drops drops{};
  ASSERT_TRUE(drain(*spool, Extent::kEverything, drops));
  EXPECT_EQ(content_of(*spool).keys.size(), 10U);
}

TEST_F(SpoolTest, ATornSegmentIsNoSegment) {
  std::uint64_t at = 0;
  std::uint32_t length = 0;
  {
    auto spool = make();
    JournalWriter journal = spool->writer();
    for (int i = 0; i < 2; ++i) {
      ASSERT_TRUE(put_spans(journal, i, 1));
      ASSERT_TRUE(journal.put_seal());
      ASSERT_TRUE(drain(*spool, Extent::kSealed, reported));
    }
    at = spool->segments()[1].position;
    length = spool->segments()[1].length;
  }
  std::fstream raw(file(), std::ios::in | std::ios::out | std::ios::binary);
  raw.seekp(static_cast<std::streamoff>(at + 64 + length - 3));
  raw.write("\0\0\0", 3);
  raw.close();
  EXPECT_EQ(content_of(*reopen()).keys, std::vector<std::string>{"inc-0"});
}

TEST_F(SpoolTest, OneThatIsInUseIsLeftAlone) {
  const auto spool = make();
  const auto opened = Spool::open(file());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, base::Errc::kConflict);
  EXPECT_TRUE(Spool::open_copy(file()));
}

// It was open already when its recorder had sent everything.
TEST_F(SpoolTest, OneThatIsRemovedBeforeItIsLockedIsNotTaken) {
  make();
  auto opened = SpoolFile::open(file());
  ASSERT_TRUE(opened);
  fs::remove(file());
  const auto locked = opened->lock();
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().code, base::Errc::kNotFound);
}

// One recorder starts while another looks for what was left behind.
TEST_F(SpoolTest, OneThatIsBeingMadeIsNotTakenForOneThatWasLeft) {
  std::atomic<bool> done = false;
  std::atomic<int> opened = 0;
  std::thread looking([&] {
    while (!done) {
      std::error_code gone;
      for (const auto& entry : fs::directory_iterator(directory.path(), gone)) {
        if (entry.path().extension() == Spool::kExtension && Spool::open(entry.path())) ++opened;
      }
    }
  });
  for (int i = 0; i < 200; ++i) {
    options.session = base::SessionId::random();
    const auto made = Spool::create(directory.path(), options);
    EXPECT_TRUE(made) << made.error().message;
    if (made) (*made)->remove();
  }
  done = true;
  looking.join();
  EXPECT_EQ(opened, 0);
  EXPECT_TRUE(fs::is_empty(directory.path()));
}

TEST_F(SpoolTest, ARefusedChunkIsLeftOut) {
  auto spool = make();
  JournalWriter journal = spool->writer();
  ASSERT_TRUE(put_spans(journal, 0, 2));
  ASSERT_TRUE(journal.put_record(Kind::kEvents, "{}"));
  ASSERT_TRUE(journal.put_seal());
  ASSERT_TRUE(drain(*spool, Extent::kSealed, reported));
  ASSERT_TRUE(spool->drop(2));
  EXPECT_EQ(content_of(*spool).kinds, std::vector{Kind::kEvents});
  EXPECT_EQ(all_drops(spool->journal())[static_cast<std::size_t>(Kind::kSpans)].count, 2U);
  ASSERT_TRUE(spool->drop(3));
  EXPECT_TRUE(spool->segments().empty());
}

TEST_F(SpoolTest, WhatIsNoSpoolIsRefused) {
  const auto refused = [&](std::string_view content) {
    std::ofstream(file(), std::ios::binary) << content;
    const auto opened = Spool::open(file());
    EXPECT_FALSE(opened);
    return !opened && opened.error().code == base::Errc::kMalformed;
  };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused(std::string(4096, 'x')));
  EXPECT_TRUE(refused(std::string(1U << 20, '\0')));
  EXPECT_FALSE(Spool::open(directory / "missing.tape"));
}

TEST_F(SpoolTest, ALaterVersionIsRefused) {
  make();
  std::fstream raw(file(), std::ios::in | std::ios::out | std::ios::binary);
  raw.seekp(8);
  raw.put(2);
  raw.close();
  const auto opened = Spool::open(file());
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("a spool of version 2"), std::string::npos);
}

}  // namespace
}  // namespace pilothouse::tape
