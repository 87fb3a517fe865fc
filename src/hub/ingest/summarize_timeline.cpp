#include "hub/ingest/summarize_timeline.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "model/timeline_builder.h"

namespace pilothouse::hub {
namespace {

using base::Micros;
using model::SpanBlockRecord;
using model::TimelineBuilder;

// A tile has room for so much, which is a tenth of its block; where there are many lanes it takes a cell for
// each, and then for some of them two.
std::size_t tile_limit(const SpanBlockRecord::Share& share, std::size_t lanes) {
  constexpr std::size_t kAlways = 64;
  const auto spans = static_cast<std::size_t>(share.spans);
  return std::max({kAlways, spans / 4, std::min(2 * lanes, spans)});
}

class TimelineSummary {
 public:
  TimelineSummary(const tape::SpanBlock& block, const SpanRuns& runs, RollUpBudget& budget,
                  SpanBlockRecord& record)
      : block_(block), in_(runs), budget_(budget), record_(record), builders_(record.shares.size()) {
    for (const std::string_view name : block.action_names) kinds_.push_back(model::timeline_action(name));
  }

  void run() {
    for (std::uint32_t i = 0; i < in_.runs.size(); ++i) {
      if (in_.runs[i].slot != tape::kNone && in_.runs[i].start <= in_.runs[i].stop) add(i);
    }
    for (std::size_t i = 0; i < builders_.size(); ++i) {
      if (builders_[i]) keep(*builders_[i], record_.shares[i]);
    }
  }

 private:
  void add(std::uint32_t span) {
    const SpanRun& run = in_.runs[span];
    const GroupPlace& group = in_.groups[run.slot];
    std::optional<TimelineBuilder>& builder = builders_[group.computation];
    if (!builder) {
      const SpanBlockRecord::Share& share = record_.shares[group.computation];
      const auto places = static_cast<std::size_t>(4 * share.spans);
      builder.emplace(model::kFinestShift,
                      TimelineBuilder::Extent{*share.first_us, *share.last_us, in_.lanes, places},
                      tile_limit(share, in_.lanes));
    }
    actions_.clear();
    for (std::uint32_t k = run.first_action; k < run.first_action + block_.action_count[span]; ++k) {
      const Micros start = block_.action_start[k];
      const Micros stop = block_.action_stop[k];
      if (model::possible_times(start, stop)) actions_.push_back({kinds_[block_.action[k]], start, stop});
    }
    const bool erred = block_.status[span] == static_cast<std::uint8_t>(tape::SpanStatus::kErred);
    builder->add_run(run.lane, group.number, erred, actions_);
  }

  void keep(TimelineBuilder& builder, SpanBlockRecord::Share& share) {
    const std::size_t weight = builder.weight();
    if (weight > tile_limit(share, in_.lanes) || weight > budget_.cells) return;
    budget_.cells -= weight;
    model::TileShare& tile = share.tile.emplace();
    tile.shift = builder.shift();
    tile.weight = weight;
    tile.bytes = model::encode_tile(builder.take(tile.lanes, tile.groups));
  }

  const tape::SpanBlock& block_;
  const SpanRuns& in_;
  RollUpBudget& budget_;
  SpanBlockRecord& record_;
  std::vector<std::size_t> kinds_;  // of the block's actions
  std::vector<std::optional<TimelineBuilder>> builders_;
  std::vector<TimelineBuilder::Action> actions_;  // of one run
};

}  // namespace

void summarize_timeline(const tape::SpanBlock& block, const SpanRuns& runs, RollUpBudget& budget,
                        SpanBlockRecord& record) {
  TimelineSummary(block, runs, budget, record).run();
}

}  // namespace pilothouse::hub
