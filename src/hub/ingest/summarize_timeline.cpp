#include "hub/ingest/summarize_timeline.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/saturate.h"

namespace pilothouse::hub {
namespace {

using base::Micros;
using base::saturating_add;
using model::SpanBlockRecord;
using model::TimelineCell;
using model::TimelineCells;

constexpr std::int64_t kFewCells = 64;  // always worth summing up

class TimelineSummary {
 public:
  TimelineSummary(const tape::SpanBlock& block, const SpanRuns& runs, RollUpBudget& budget,
                  SpanBlockRecord& record)
      : block_(block), in_(runs), budget_(budget), record_(record) {
    for (const std::string_view name : block.action_names) {
      timeline_action_.push_back(static_cast<std::uint8_t>(model::timeline_action(name)));
    }
  }

  // A run goes into the cells of the finest width at which it fits, and every width's cells into those of the
  // next. A width at which the cells are hardly fewer than the spans is given up.
  void run(bool summed) {
    for (const SpanRun& run : in_.runs) {
      if (run.slot == tape::kNone || run.start > run.stop) continue;
      SpanBlockRecord::Share& share = record_.shares[in_.groups[run.slot].computation];
      share.longest_us = std::max(share.longest_us, run.stop - run.start);
    }
    if (!summed) return;
    for (std::size_t level = 0; level < model::kTimelineShifts.size(); ++level) fill_level(level);
  }

 private:
  void fill_level(std::size_t level) {
    const int shift = model::kTimelineShifts[level];
    std::vector<TimelineCells> sums(record_.shares.size());
    std::vector<Wanted> wanted(record_.shares.size(), Wanted::kNothing);
    for (std::size_t c = 0; c < sums.size(); ++c) {
      const SpanBlockRecord::Share& share = record_.shares[c];
      if (!share.first_us) continue;
      const bool below = share.first_summed < level;
      if (level == 0) {
        wanted[c] = fits(share.longest_us, shift) ? Wanted::kAll : Wanted::kNothing;
      } else if (!below) {
        wanted[c] = Wanted::kAll;
      } else if (!fits(share.longest_us, model::kTimelineShifts[level - 1])) {
        wanted[c] = Wanted::kLonger;
      }
      sums[c] = cells_for(share, shift);
      if (!below) continue;
      const int up = shift - model::kTimelineShifts[level - 1];
      for (const TimelineCell& cell : share.cells[level - 1])
        sums[c].at(cell.bucket >> up, cell.lane).add(cell);
    }
    const auto nothing = [](Wanted what) { return what == Wanted::kNothing; };
    if (!std::all_of(wanted.begin(), wanted.end(), nothing)) add_runs(level, wanted, sums);
    for (std::size_t c = 0; c < sums.size(); ++c) {
      SpanBlockRecord::Share& share = record_.shares[c];
      const std::size_t size = sums[c].size();
      if (static_cast<std::int64_t>(size) > most_cells(share, level) || size > budget_.cells) {
        share.first_summed = model::kTimelineShifts.size();
        for (std::size_t finer = 0; finer < level; ++finer) share.cells[finer] = {};
      } else if (size > 0) {
        budget_.cells -= size;
        share.first_summed = std::min(share.first_summed, level);
        share.cells[level] = std::move(sums[c].cells());
      }
    }
  }

  enum class Wanted : std::uint8_t { kNothing, kLonger, kAll };  // than what fits the next finer width

  void add_runs(std::size_t level, const std::vector<Wanted>& wanted,
                std::vector<TimelineCells>& sums) const {
    const int shift = model::kTimelineShifts[level];
    for (std::uint32_t i = 0; i < in_.runs.size(); ++i) {
      const SpanRun& run = in_.runs[i];
      if (run.slot == tape::kNone || run.start > run.stop) continue;
      const std::uint32_t c = in_.groups[run.slot].computation;
      if (wanted[c] == Wanted::kNothing || !model::fits_timeline(run.start, run.stop, shift)) continue;
      if (wanted[c] == Wanted::kLonger &&
          model::fits_timeline(run.start, run.stop, model::kTimelineShifts[level - 1])) {
        continue;
      }
      if (static_cast<std::int64_t>(sums[c].size()) <= most_cells(record_.shares[c], level)) {
        add_run(i, shift, sums[c]);
      }
    }
  }

  TimelineCells cells_for(const SpanBlockRecord::Share& share, int shift) const {
    const std::int64_t first = *share.first_us >> shift;
    const auto buckets = static_cast<std::size_t>((*share.last_us >> shift) - first + 1);
    const bool dense = buckets <= (4 * in_.runs.size() + kFewCells) / (in_.lanes + 1);
    return dense ? TimelineCells(first, buckets, in_.lanes) : TimelineCells();
  }

  // Whether a run of that length fits wherever it begins.
  static bool fits(std::int64_t us, int shift) { return us >> shift < model::kMaxSpread - 1; }

  static std::int64_t most_cells(const SpanBlockRecord::Share& share, std::size_t level) {
    return std::max(kFewCells, level == 0 ? share.spans / 4 : share.spans / 2);
  }

  void add_run(std::uint32_t i, int shift, TimelineCells& cells) const {
    const SpanRun& run = in_.runs[i];
    const auto group = static_cast<std::int64_t>(in_.groups[run.slot].number);
    TimelineCell& first = cells.at(run.start >> shift, run.lane);
    ++first.spans;
    if (block_.status[i] == static_cast<std::uint8_t>(tape::SpanStatus::kErred)) ++first.erred;
    for (std::uint32_t k = run.first_action; k < run.first_action + block_.action_count[i]; ++k) {
      const Micros start = block_.action_start[k];
      const Micros stop = block_.action_stop[k];
      if (!model::possible_times(start, stop)) continue;
      const std::size_t action = timeline_action_[block_.action[k]];
      model::spread(start, stop, shift, [&](std::int64_t bucket, std::int64_t us) {
        TimelineCell& cell = cells.at(bucket, run.lane);
        cell.vote(group, us);
        cell.busy_us[action] = saturating_add(cell.busy_us[action], us);
      });
    }
  }

  const tape::SpanBlock& block_;
  const SpanRuns& in_;
  RollUpBudget& budget_;
  SpanBlockRecord& record_;
  std::vector<std::uint8_t> timeline_action_;
};

}  // namespace

void summarize_timeline(const tape::SpanBlock& block, const SpanRuns& runs, bool summed, RollUpBudget& budget,
                        SpanBlockRecord& record) {
  TimelineSummary(block, runs, budget, record).run(summed);
}

}  // namespace pilothouse::hub
