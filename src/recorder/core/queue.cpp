#include "recorder/core/queue.h"

#include <algorithm>
#include <utility>

namespace pilothouse::recorder {
namespace {

using tape::Kind;

// Least precious first. Session, end and control are small, few, and never dropped.
constexpr std::array kDropOrder{Kind::kSpans,  Kind::kSamples, Kind::kEvents,       Kind::kExceptions,
                                Kind::kBlames, Kind::kGroups,  Kind::kComputations, Kind::kClients,
                                Kind::kDrops,  Kind::kWorkers};

constexpr std::size_t kSpareBlocks = 4;

void clear(tape::SpanBlockBuilder& block) {
  for (auto* texts :
       {&block.computations, &block.groups, &block.workers, &block.types, &block.action_names}) {
    texts->clear();
  }
  for (auto* column : {&block.computation, &block.group, &block.worker, &block.type, &block.key_length}) {
    column->clear();
  }
  block.thread.clear();
  block.nbytes.clear();
  for (auto* column : {&block.status, &block.action_count, &block.action}) column->clear();
  block.action_start.clear();
  block.action_stop.clear();
  block.key_bytes.clear();
}

}  // namespace

std::size_t Item::bytes() const {
  if (!block) return sizeof(Item) + json.size();
  return sizeof(Item) + block->size() * 34 + block->action.size() * 17 + block->key_bytes.size();
}

void BoundedQueue::push(Item item) {
  const std::lock_guard lock(mutex_);
  bytes_ += item.bytes();
  items_.push_back(std::move(item));
  if (bytes_ > max_bytes_) make_room();
}

void BoundedQueue::make_room() {
  // A pass looks at every item, so it frees enough for many pushes to come.
  const std::size_t target = max_bytes_ - max_bytes_ / 8;
  for (const Kind kind : kDropOrder) {
    auto kept = items_.begin();
    for (auto item = items_.begin(); item != items_.end(); ++item) {
      if (bytes_ > target && item->kind == kind) {
        Drop& drop = drops_[static_cast<std::size_t>(kind)];
        drop.count += item->records;
        drop.bytes += item->bytes();
        bytes_ -= item->bytes();
        continue;
      }
      if (kept != item) *kept = std::move(*item);
      ++kept;
    }
    items_.erase(kept, items_.end());
    if (bytes_ <= target) return;
  }
}

std::vector<Item> BoundedQueue::take(std::size_t max_bytes) {
  const std::lock_guard lock(mutex_);
  std::vector<Item> taken;
  std::size_t total = 0;
  while (!items_.empty() && (taken.empty() || total + items_.front().bytes() <= max_bytes)) {
    total += items_.front().bytes();
    taken.push_back(std::move(items_.front()));
    items_.pop_front();
  }
  bytes_ -= total;
  return taken;
}

void BoundedQueue::count_drop(Kind kind, std::uint64_t count, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  drops_[static_cast<std::size_t>(kind)].count += count;
  drops_[static_cast<std::size_t>(kind)].bytes += bytes;
}

Drops BoundedQueue::drops() const {
  const std::lock_guard lock(mutex_);
  return drops_;
}

std::size_t BoundedQueue::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::unique_ptr<tape::SpanBlockBuilder> BoundedQueue::empty_block() {
  const std::lock_guard lock(mutex_);
  if (spare_.empty()) return std::make_unique<tape::SpanBlockBuilder>();
  auto block = std::move(spare_.back());
  spare_.pop_back();
  return block;
}

void BoundedQueue::recycle(std::unique_ptr<tape::SpanBlockBuilder> block) {
  clear(*block);
  const std::lock_guard lock(mutex_);
  if (spare_.size() < kSpareBlocks) spare_.push_back(std::move(block));
}

}  // namespace pilothouse::recorder
