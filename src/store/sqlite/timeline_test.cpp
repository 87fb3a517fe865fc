#include "store/sqlite/timeline.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "base/paths.h"
#include "base/temporary_directory.h"
#include "model/timeline_builder.h"
#include "store/sqlite/sqlite_store.h"
#include "store/token.h"
#include "tape/span_block.h"

namespace pilothouse::store::sqlite {
namespace {

using base::kMicrosPerSecond;
using base::Micros;

constexpr Micros kBegin = 1'769'904'000'000'000;
constexpr std::int64_t kRunsPerBlock = 40;
constexpr std::int64_t kRunsPerSecond = 10;

struct Sums {
  std::int64_t spans = 0;
  std::int64_t compute_us = 0;
  bool operator==(const Sums&) const = default;
};

class TimelineTest : public testing::Test {
 protected:
  TimelineTest() {
    store_ = SqliteStore::open_writer(state_dir_.path()).value();
    workspace_ = store_->create_workspace({"default", hash_token("token")}, {}, kBegin)->id;
    model::SessionRecord record;
    upload({{1, record}});
  }

  void upload(std::vector<Chunk> chunks) {
    const std::array<Upload, 1> uploads{
        Upload{session_, workspace_, kBegin + 1'000'000 * kMicrosPerSecond, std::move(chunks)}};
    store_->store(uploads).front().value();
  }

  // Runs of 90 ms on four lanes, one behind the other; the block's number says when.
  Chunk block(std::int64_t number, bool tiled = true, std::size_t most_cells = 64) {
    tape::SpanBlockBuilder spans;
    spans.computations = {"c"};
    spans.groups = {"inc"};
    spans.workers = {"tcp://1"};
    spans.types = {"int"};
    spans.action_names = {"compute"};
    model::SpanBlockRecord record;
    record.first_us = kBegin + number * kRunsPerBlock * kMicrosPerSecond / kRunsPerSecond;
    record.spans = kRunsPerBlock;
    for (std::uint64_t lane = 0; lane < 4; ++lane) record.lanes.push_back({"tcp://1", lane});
    model::TimelineBuilder builder(model::kFinestShift, {*record.first_us, *record.first_us, 4, 64},
                                   most_cells);
    Micros start = *record.first_us;
    for (std::int64_t i = 0; i < kRunsPerBlock; ++i, start += kMicrosPerSecond / kRunsPerSecond) {
      spans.computation.push_back(0);
      spans.group.push_back(0);
      spans.worker.push_back(0);
      spans.type.push_back(0);
      spans.thread.push_back(static_cast<std::uint64_t>(i % 4));
      spans.nbytes.push_back(8);
      spans.status.push_back(0);
      spans.action.push_back(0);
      spans.action_start.push_back(start);
      spans.action_stop.push_back(start + 90'000);
      spans.action_count.push_back(1);
      spans.key_length.push_back(1);
      spans.key_bytes += "k";
      const std::array<model::TimelineBuilder::Action, 1> actions{{{model::kCompute, start, start + 90'000}}};
      builder.add_run(i % 4, 0, false, actions);
      record.last_us = start + 90'000;
    }
    record.payload = tape::encode_span_block(spans);
    record.raw_length = static_cast<std::int64_t>(record.payload.size());
    model::SpanBlockRecord::Share& share = record.shares.emplace_back();
    share.computation = "c";
    share.spans = kRunsPerBlock;
    share.first_us = record.first_us;
    share.last_us = record.last_us;
    share.groups.emplace_back().name = "inc";
    share.groups.back().memory = kRunsPerBlock;
    if (tiled) {
      model::TileShare& tile = share.tile.emplace();
      tile.shift = builder.shift();
      tile.weight = builder.weight();
      tile.bytes = model::encode_tile(builder.take(tile.lanes, tile.groups));
    }
    return {++sequence_, record};
  }

  void fill(std::int64_t blocks) {
    for (std::int64_t i = 0; i < blocks; ++i) upload({block(i)});
  }

  TimelineQuery query(std::int64_t width) {
    TimelineQuery asked;
    asked.workspace = workspace_;
    asked.computation = 1;
    asked.width = width;
    return asked;
  }

  static Sums sums_of(const model::TimelineView& view) {
    Sums sums;
    for (std::size_t bucket = 0; bucket < view.cells.buckets(); ++bucket) {
      for (std::size_t lane = 0; lane < view.lanes.size(); ++lane) {
        sums.spans += view.cells.spans()[view.cells.place(bucket, lane)];
        sums.compute_us += view.cells.busy_us(model::kCompute)[view.cells.place(bucket, lane)];
      }
    }
    return sums;
  }

  static Sums of_blocks(std::int64_t blocks) {
    return {blocks * kRunsPerBlock, blocks * kRunsPerBlock * 90'000};
  }

  std::int64_t number(const std::string& sql) {
    Connection connection(state_dir_ / base::kDatabaseFile, Access::kReadOnly);
    Statement row = connection.query(sql);
    row.step();
    return row.integer(0);
  }

  std::int64_t tiles(const std::string& where) {
    return number("SELECT count(*) FROM timeline_tiles WHERE " + where);
  }

  void damage(const std::string& where) {
    Connection connection(state_dir_ / base::kDatabaseFile, Access::kReadWrite);
    connection.run("UPDATE timeline_tiles SET cells = substr(cells, 1, length(cells) - 1) WHERE " + where);
  }

  // All blocks but the newest `kept`.
  void expire(std::int64_t blocks, std::int64_t kept) {
    const Micros now = kBegin + blocks * kRunsPerBlock / kRunsPerSecond * kMicrosPerSecond;
    RetentionChange change;
    change.keep_spans_us = kept * kRunsPerBlock / kRunsPerSecond * kMicrosPerSecond;
    store_->change_retention("default", change, {}, 1).value();
    while (store_->remove_expired({now, kMicrosPerSecond}, std::chrono::milliseconds(0))->more) {
    }
  }

  base::TemporaryDirectory state_dir_;
  std::unique_ptr<SqliteStore> store_;
  std::int64_t workspace_ = 0;
  base::SessionId session_ = base::SessionId::random();
  std::uint64_t sequence_ = 1;
};

TEST_F(TimelineTest, SixteenTilesBecomeOneAgainAndAgain) {
  for (std::int64_t blocks = 1; blocks <= 600; ++blocks) {
    upload({block(blocks - 1)});
    EXPECT_LE(tiles("parent = 0"), 15 * 3);
  }
  EXPECT_EQ(tiles("tier = 0"), 600);
  EXPECT_EQ(tiles("tier = 0 AND parent = 0"), 600 % 16);
  EXPECT_EQ(tiles("tier = 1"), 600 / 16);
  EXPECT_EQ(tiles("tier = 2"), 600 / 256);
  EXPECT_EQ(number("SELECT min(spans) FROM timeline_tiles WHERE tier = 2"), 256 * kRunsPerBlock);
  EXPECT_GT(number("SELECT min(shift) FROM timeline_tiles WHERE tier = 2"),
            number("SELECT max(shift) FROM timeline_tiles WHERE tier = 0"));
  for (const std::int64_t width : {1, 3, 50, 700}) {
    EXPECT_EQ(sums_of(store_->timeline(query(width)).value()), of_blocks(600)) << width;
  }
}

TEST_F(TimelineTest, AFarViewReadsFewTiles) {
  fill(600);
  // What it does not read may be damaged.
  damage("tier < 2 AND parent > 0");
  EXPECT_EQ(sums_of(store_->timeline(query(2)).value()), of_blocks(600));
}

TEST_F(TimelineTest, WhatIsDamagedIsAnErrorAndStopsNothing) {
  fill(10);
  damage("id = 3");
  EXPECT_EQ(store_->timeline(query(2)).error().code, base::Errc::kStorage);
  for (std::int64_t i = 10; i < 40; ++i) upload({block(i)});
  EXPECT_EQ(tiles("tier = 1"), 2);
  EXPECT_EQ(tiles("id = 3 AND parent = -1"), 1);
  EXPECT_EQ(store_->timeline(query(2)).error().code, base::Errc::kStorage);
  TimelineQuery behind = query(2);
  behind.from = kBegin + 60 * kMicrosPerSecond;
  EXPECT_TRUE(store_->timeline(behind));
}

TEST_F(TimelineTest, BlocksWithoutTilesAreReadThemselves) {
  for (std::int64_t i = 0; i < 40; ++i) upload({block(i, i % 3 != 0)});
  EXPECT_EQ(tiles("tier = 0"), 26);
  for (const std::int64_t width : {1, 10, 100}) {
    EXPECT_EQ(sums_of(store_->timeline(query(width)).value()), of_blocks(40)) << width;
  }
}

TEST_F(TimelineTest, BlocksThatWereReadAreNotReadAgain) {
  constexpr std::size_t kCoarse = 8;
  for (std::int64_t i = 0; i < 40; ++i) upload({block(i, true, kCoarse)});
  upload({block(40, false)});  // its lanes are in no tile
  const auto recent = std::make_shared<RecentBlocks>();
  const auto first = SqliteStore::open_reader(state_dir_.path(), recent).value();
  const auto second = SqliteStore::open_reader(state_dir_.path(), recent).value();
  const auto stranger = SqliteStore::open_reader(state_dir_.path()).value();
  EXPECT_EQ(sums_of(first->timeline(query(100)).value()), of_blocks(41));
  Connection(state_dir_ / base::kDatabaseFile, Access::kReadWrite)
      .run("UPDATE span_blocks SET payload = x'00'");
  for (const std::int64_t width : {90, 100, 150}) {
    EXPECT_EQ(sums_of(second->timeline(query(width)).value()), of_blocks(41)) << width;
  }
  EXPECT_EQ(stranger->timeline(query(100)).error().code, base::Errc::kStorage);
}

TEST_F(TimelineTest, WhatIsGoneIsSeenInWiderBuckets) {
  fill(40);
  const auto before = store_->timeline(query(1000)).value();
  expire(40, 20);
  const std::int64_t left = number("SELECT count(*) FROM span_blocks");
  EXPECT_LT(left, 25);
  EXPECT_EQ(tiles("tier = 0"), left);
  const auto after = store_->timeline(query(1000)).value();
  EXPECT_EQ(sums_of(after), of_blocks(40));
  EXPECT_GE(after.bucket_us, before.bucket_us);

  // Zoomed into what is gone, there is still something; zoomed into what is not, every run.
  TimelineQuery zoomed = query(1000);
  zoomed.from = kBegin + 10 * kMicrosPerSecond;
  zoomed.to = kBegin + 11 * kMicrosPerSecond;
  const auto gone = store_->timeline(zoomed).value();
  EXPECT_GE(sums_of(gone).spans, kRunsPerSecond);
  EXPECT_FALSE(gone.runs);
  zoomed.from = kBegin + 150 * kMicrosPerSecond;
  zoomed.to = kBegin + 151 * kMicrosPerSecond;
  EXPECT_GE(store_->timeline(zoomed).value().runs.value().size(), static_cast<std::size_t>(kRunsPerSecond));

  // Those of the last blocks, which were never folded, too.
  expire(40, 0);
  EXPECT_EQ(tiles("tier = 0"), 0);
  EXPECT_EQ(tiles("tier = 1"), 3);
  EXPECT_EQ(sums_of(store_->timeline(query(1000)).value()), of_blocks(40));
  // And what comes later is added.
  upload({block(40)});
  EXPECT_EQ(sums_of(store_->timeline(query(1000)).value()), of_blocks(41));
}

}  // namespace
}  // namespace pilothouse::store::sqlite
