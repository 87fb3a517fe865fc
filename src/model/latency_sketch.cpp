#include "model/latency_sketch.h"

#include <algorithm>
#include <array>

#include "base/saturate.h"
#include "base/varint.h"

namespace pilothouse::model {
namespace {

// The value with the least relative error to all integers of the bucket.
std::int64_t middle_of(std::uint32_t index) {
  if (index < 128) return index;
  const std::uint32_t shift = (index >> 6) - 1;
  const std::int64_t low = static_cast<std::int64_t>(index - (shift << 6)) << shift;
  const std::int64_t high = low + (std::int64_t{1} << shift) - 1;
  const auto a = static_cast<double>(low);
  const auto b = static_cast<double>(high);
  return static_cast<std::int64_t>(2 * a / (a + b) * b);
}

}  // namespace

LatencySketch LatencySketch::of(std::span<const std::uint16_t> indices, std::int64_t highest) {
  LatencySketch sketch;
  sketch.count_ = static_cast<std::int64_t>(indices.size());
  sketch.highest_ = highest;
  constexpr std::size_t kFewer = 128;  // sorted faster than counted
  if (indices.size() < kFewer) {
    std::array<std::uint16_t, kFewer> sorted{};
    std::copy(indices.begin(), indices.end(), sorted.begin());
    std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(indices.size()));
    for (std::size_t i = 0; i < indices.size(); ++i) {
      if (sketch.buckets_.empty() || sketch.buckets_.back().index != sorted[i]) {
        sketch.buckets_.push_back({sorted[i], 0});
      }
      ++sketch.buckets_.back().count;
    }
  } else {
    std::array<std::uint32_t, kIndices> counts{};
    for (const std::uint16_t index : indices) ++counts[index];
    for (std::uint32_t index = 0; index < kIndices; ++index) {
      if (counts[index] > 0) sketch.buckets_.push_back({index, counts[index]});
    }
  }
  sketch.limit();
  return sketch;
}

void LatencySketch::merge(const LatencySketch& other) {
  std::vector<Bucket> merged;
  merged.reserve(buckets_.size() + other.buckets_.size());
  auto mine = buckets_.begin();
  for (const Bucket& theirs : other.buckets_) {
    while (mine != buckets_.end() && mine->index < theirs.index) merged.push_back(*mine++);
    merged.push_back(theirs);
    if (mine != buckets_.end() && mine->index == theirs.index) {
      merged.back().count = base::saturating_add(theirs.count, mine++->count);
    }
  }
  merged.insert(merged.end(), mine, buckets_.end());
  buckets_ = std::move(merged);
  count_ = base::saturating_add(count_, other.count_);
  highest_ = std::max(highest_, other.highest_);
  limit();
}

void LatencySketch::limit() {
  if (buckets_.size() <= kMaxBuckets) return;
  const std::size_t surplus = buckets_.size() - kMaxBuckets;
  for (std::size_t i = 0; i < surplus; ++i) buckets_[surplus].count += buckets_[i].count;
  buckets_.erase(buckets_.begin(), buckets_.begin() + static_cast<std::ptrdiff_t>(surplus));
}

std::optional<std::int64_t> LatencySketch::quantile(double q) const {
  if (count_ == 0) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(q * static_cast<double>(count_ - 1));
  std::int64_t seen = 0;
  for (const Bucket& bucket : buckets_) {
    seen += bucket.count;
    if (seen > rank) return std::min(middle_of(bucket.index), highest_);
  }
  return highest_;
}

std::string LatencySketch::encode() const {
  std::string out;
  out.reserve(16 + 3 * buckets_.size());
  base::put_varint(out, static_cast<std::uint64_t>(highest_));
  std::uint32_t before = 0;
  for (const Bucket& bucket : buckets_) {
    base::put_varint(out, bucket.index - before);
    base::put_varint(out, static_cast<std::uint64_t>(bucket.count));
    before = bucket.index;
  }
  return out;
}

LatencySketch LatencySketch::decode(std::string_view bytes) {
  LatencySketch sketch;
  if (bytes.empty()) return sketch;
  base::VarintReader in(bytes);
  sketch.highest_ = static_cast<std::int64_t>(in.take());
  std::uint64_t index = 0;
  while (!in.at_end()) {
    index += in.take();
    const auto count = static_cast<std::int64_t>(in.take());
    if (!in.ok() || index >= kIndices || count <= 0) return {};
    sketch.buckets_.push_back({static_cast<std::uint32_t>(index), count});
    sketch.count_ = base::saturating_add(sketch.count_, count);
  }
  return sketch.highest_ < 0 ? LatencySketch() : sketch;
}

}  // namespace pilothouse::model
