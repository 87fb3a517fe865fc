#include "cli/timeline_piece.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstring>

#include "model/timeline_format.h"

namespace pilothouse::cli {
namespace {

namespace format = model::timeline_format;
using format::Column;

// Reads in bounds; what is not there is 0.
class PieceReader {
 public:
  PieceReader(std::string_view bytes, std::optional<base::Micros> end) : bytes_(bytes), end_(end) {}

  base::Result<TimelinePiece> read() {
    const auto malformed = [] {
      return base::error(base::Errc::kMalformed, "the hub's answer is no timeline that this program knows");
    };
    if (!bytes_.starts_with(format::kMagic) || bytes_.size() < format::kHeaderSize ||
        at<std::uint32_t>(8) != format::kVersion) {
      return malformed();
    }
    TimelinePiece piece;
    piece.runs = (at<std::uint32_t>(12) & format::kRuns) != 0;
    piece.from_us = at<std::int64_t>(24);
    piece.to_us = at<std::int64_t>(32);
    piece.bucket_us = at<std::int64_t>(40);
    piece.lanes_total = at<std::int64_t>(56);
    items_ = static_cast<std::uint64_t>(at<std::int64_t>(64));
    columns_ = at<std::uint32_t>(80);
    texts_ = at<std::uint32_t>(84);
    if (piece.to_us <= piece.from_us || piece.bucket_us < 1) return malformed();
    boost::system::error_code failed;
    const auto texts = boost::json::parse(bytes_.substr(format::kHeaderSize, texts_), failed);
    if (failed || !texts.is_object()) return malformed();
    const boost::json::value* lanes = texts.get_object().if_contains("lanes");
    if (lanes == nullptr || !lanes->is_array()) return malformed();
    piece.lanes = static_cast<std::int64_t>(lanes->get_array().size());
    piece.begun =
        piece.runs ? runs_begun(end_.value_or(piece.to_us) - piece.from_us) : sum_of(Column::kSpans);
    return piece;
  }

 private:
  struct Values {
    std::uint64_t first = 0;
    std::uint32_t width = 0;
    std::uint64_t count = 0;
  };

  template <class Number>
  Number at(std::uint64_t offset) const {
    Number number{};
    if (offset <= bytes_.size() && bytes_.size() - offset >= sizeof number) {
      std::memcpy(&number, bytes_.data() + offset, sizeof number);
    }
    return number;
  }

  Values find(Column wanted) const {
    const std::uint64_t table = format::kHeaderSize + std::uint64_t{texts_};
    std::uint64_t first = table + std::uint64_t{columns_} * format::kEntrySize;
    for (std::uint64_t i = 0; i < columns_ && first < bytes_.size(); ++i) {
      const std::uint64_t entry = table + i * format::kEntrySize;
      const auto width = at<std::uint32_t>(entry + 4);
      const std::uint64_t count = std::min<std::uint64_t>(at<std::uint64_t>(entry + 8), 8 * bytes_.size());
      if (at<std::uint32_t>(entry) == static_cast<std::uint32_t>(wanted)) return {first, width, count};
      const std::uint64_t size = width == format::kBits ? (count + 7) / 8 : count * width;
      first += (size + format::kAlignment - 1) / format::kAlignment * format::kAlignment;
    }
    return {};
  }

  std::uint64_t value(const Values& column, std::uint64_t i) const {
    if (i >= column.count) return 0;
    const std::uint64_t offset = column.first + i * column.width;
    if (column.width == 1) return at<std::uint8_t>(offset);
    if (column.width == 2) return at<std::uint16_t>(offset);
    if (column.width == 4) return at<std::uint32_t>(offset);
    return at<std::uint64_t>(offset);
  }

  std::int64_t sum_of(Column wanted) const {
    const Values column = find(wanted);
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < std::min(items_, column.count); ++i) sum += value(column, i);
    return static_cast<std::int64_t>(sum);
  }

  // Times are counted from the piece's own begin.
  std::int64_t runs_begun(std::int64_t end) const {
    const Values counts = find(Column::kActionCount);
    const Values starts = find(Column::kStart);
    std::int64_t begun = 0;
    for (std::uint64_t run = 0, action = 0; run < std::min(items_, counts.count); ++run) {
      const std::uint64_t last = std::min(action + value(counts, run), std::max(action, starts.count));
      std::int64_t first = INT64_MAX;
      for (; action < last; ++action)
        first = std::min(first, static_cast<std::int64_t>(value(starts, action)));
      begun += first >= 0 && first < end ? 1 : 0;
    }
    return begun;
  }

  std::string_view bytes_;
  std::optional<base::Micros> end_;
  std::uint64_t items_ = 0;
  std::uint32_t columns_ = 0;
  std::uint32_t texts_ = 0;
};

}  // namespace

base::Result<TimelinePiece> read_piece(std::string_view bytes, std::optional<base::Micros> end) {
  return PieceReader(bytes, end).read();
}

}  // namespace pilothouse::cli
