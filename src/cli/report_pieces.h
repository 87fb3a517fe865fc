#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "cli/report_file.h"
#include "cli/timeline_piece.h"

namespace pilothouse::cli {

// Puts a timeline into a report, piece by piece: the whole of it first, then again and again what a piece
// shows in parts, until all runs are inside one by one or the file is full.
class ReportPieces {
 public:
  struct View {
    std::optional<base::Micros> from, to;  // none: from the first run, to the last one
    std::int64_t width = 0;
    std::int64_t first_lane = 0;
    std::int64_t lanes = 0;
  };
  using Ask = std::function<base::Result<std::string>(const View& view)>;  // the hub's binary answer
  using Show = std::function<void(std::size_t bytes, base::Micros bucket_us)>;

  ReportPieces(ReportFile& file, Ask ask, Show show)
      : file_(file), ask_(std::move(ask)), show_(std::move(show)) {}

  // kTooLarge when not even the whole has room.
  base::Result<void> add_all();

  // What the page needs to find the pieces, and what it says about them.
  boost::json::object index() const;

 private:
  struct Piece {
    std::int64_t parent = -1;
    base::Micros from_us = 0;  // what was asked for
    base::Micros to_us = 0;
    std::int64_t first_lane = 0;
    TimelinePiece is;
    bool covered = false;  // its parts are inside, all of them
  };

  enum class Added { kYes, kNothingNew, kFull };

  base::Result<void> add_whole();
  base::Result<Added> divide(std::size_t number);
  base::Result<Added> add(const View& view, std::int64_t parent);

  ReportFile& file_;
  Ask ask_;
  Show show_;
  std::vector<Piece> pieces_;
  std::int64_t lanes_total_ = 0;
  std::int64_t lanes_inside_ = 0;
  std::int64_t runs_inside_ = 0;
};

}  // namespace pilothouse::cli
