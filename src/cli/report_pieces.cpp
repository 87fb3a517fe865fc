#include "cli/report_pieces.h"

#include <algorithm>
#include <utility>

namespace pilothouse::cli {
namespace {

constexpr std::int64_t kWidth = 1024;
constexpr std::int64_t kNarrowest = 32;
constexpr std::int64_t kLanes = 128;  // of a piece; docs/formats/timeline.md says how large it gets then
constexpr std::int64_t kRunsOfPart = 2048;  // half of what is answered one by one: runs come in bursts
constexpr std::int64_t kMostParts = 32;
constexpr std::int64_t kUsualParts = 4;
constexpr std::size_t kShareOfWhole = 3;    // the whole may take a third of the file
constexpr std::size_t kRoomOfEntry = 128;   // of a piece in the index
constexpr std::size_t kRoomOfIndex = 4096;  // of all else in it

std::int64_t parts_of(std::int64_t runs, base::Micros us) {
  const std::int64_t wanted = runs / kRunsOfPart + 1;
  return std::min(wanted <= kMostParts ? std::max<std::int64_t>(wanted, 2) : kUsualParts, us);
}

}  // namespace

base::Result<void> ReportPieces::add_all() {
  if (const auto added = add_whole(); !added) return added.error();
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (pieces_[i].is.runs || pieces_[i].is.bucket_us == 1) continue;
    const auto divided = divide(i);
    if (!divided) return divided.error();
    if (*divided == Added::kFull) break;
  }
  return {};
}

// All lanes at one width, which is the finest at which they leave room for details.
base::Result<void> ReportPieces::add_whole() {
  View view;
  view.lanes = kLanes;
  for (view.width = kWidth;; view.width /= 2) {
    const auto bytes = ask_(view);
    if (!bytes) return bytes.error();
    const auto piece = read_piece(*bytes);
    if (!piece) return piece.error();
    lanes_total_ = piece->lanes_total;
    const auto pages = static_cast<std::size_t>(lanes_total_ / kLanes + 1);
    if (view.width <= kNarrowest || file_.encoded_size(*bytes) * pages <= file_.room() / kShareOfWhole) break;
  }
  do {
    const auto added = add(view, -1);
    if (!added) return added.error();
    if (*added == Added::kFull) {
      if (!pieces_.empty()) return {};
      return base::error(base::Errc::kTooLarge, "there is no room for the timeline\nAllow more: --max-size");
    }
    view.from = pieces_.back().from_us;
    view.to = pieces_.back().to_us;
    view.first_lane += pieces_.back().is.lanes;
    lanes_inside_ = view.first_lane;
  } while (view.first_lane < lanes_total_ && pieces_.back().is.lanes > 0);
  return {};
}

base::Result<ReportPieces::Added> ReportPieces::divide(std::size_t number) {
  const Piece piece = pieces_[number];
  const base::Micros us = piece.to_us - piece.from_us;
  const std::int64_t parts = parts_of(piece.is.begun, us);
  bool covered = true;
  View view;
  view.width = kWidth;
  view.first_lane = piece.first_lane;
  view.lanes = piece.is.lanes;
  view.to = piece.from_us;
  for (std::int64_t i = 1; i <= parts; ++i) {
    view.from = view.to;
    view.to = i == parts ? piece.to_us : piece.from_us + us / parts * i;
    auto added = add(view, static_cast<std::int64_t>(number));
    if (!added || *added == Added::kFull) return added;
    covered = covered && *added == Added::kYes;
  }
  pieces_[number].covered = covered;
  return Added::kYes;
}

base::Result<ReportPieces::Added> ReportPieces::add(const View& view, std::int64_t parent) {
  const auto bytes = ask_(view);
  if (!bytes) return bytes.error();
  const auto read = read_piece(*bytes, view.to);
  if (!read) return read.error();
  // No finer than what is there: the hub no longer has the runs.
  if (parent >= 0 && !read->runs &&
      read->bucket_us >= pieces_[static_cast<std::size_t>(parent)].is.bucket_us) {
    return Added::kNothingNew;
  }
  const std::size_t room = kRoomOfIndex + kRoomOfEntry * (pieces_.size() + 1);
  if (!file_.add("piece-" + std::to_string(pieces_.size()), *bytes, room)) return Added::kFull;
  const Piece piece{parent, view.from.value_or(read->from_us), view.to.value_or(read->to_us), view.first_lane,
                    *read};
  if (piece.is.runs) runs_inside_ += piece.is.begun;
  pieces_.push_back(piece);
  show_(file_.size(), piece.is.bucket_us);
  return Added::kYes;
}

boost::json::object ReportPieces::index() const {
  boost::json::array pieces;
  pieces.reserve(pieces_.size());
  std::int64_t coarsest = 0;
  for (const Piece& piece : pieces_) {
    const bool cells = !piece.is.runs;
    if (cells && !piece.covered) coarsest = std::max(coarsest, piece.is.bucket_us);
    pieces.push_back({piece.parent, piece.from_us, piece.to_us, cells ? piece.is.bucket_us : 0,
                      piece.first_lane, piece.is.lanes});
  }
  return {{"pieces", std::move(pieces)},
          {"lanes_total", lanes_total_},
          {"lanes_inside", lanes_inside_},
          {"runs_inside", runs_inside_},
          {"detail_us", coarsest}};
}

}  // namespace pilothouse::cli
