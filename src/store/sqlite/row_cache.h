#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/text_hash.h"
#include "store/sqlite/group_state.h"

namespace pilothouse::store::sqlite {

// What the writer knows of rows that uploads add to again and again. Only it changes them: whoever else has
// written, and whatever was rolled back, ends with forget(). Belongs to the writer's thread.
class RowCache {
 public:
  // nullptr when it is not known. Lives until the next call of another member.
  GroupState* group(std::int64_t computation, std::string_view name) {
    const auto groups = groups_.find(computation);
    if (groups == groups_.end()) return nullptr;
    const auto group = groups->second.find(name);
    return group == groups->second.end() ? nullptr : &group->second;
  }

  GroupState& put(std::int64_t computation, std::string_view name, GroupState state) {
    bytes_ += state.bytes() + name.size();
    return groups_[computation].insert_or_assign(std::string(name), std::move(state)).first->second;
  }

  // 0 when it is not known.
  std::int64_t lane(std::int64_t cluster, const std::string& worker, std::uint64_t thread) const {
    const auto lanes = lanes_.find(cluster);
    if (lanes == lanes_.end()) return 0;
    const auto threads = lanes->second.find(worker);
    if (threads == lanes->second.end()) return 0;
    const auto lane = threads->second.find(thread);
    return lane == threads->second.end() ? 0 : lane->second;
  }

  void put_lane(std::int64_t cluster, const std::string& worker, std::uint64_t thread, std::int64_t row) {
    bytes_ += kLaneBytes;
    lanes_[cluster][worker][thread] = row;
  }

  // After what was added to `group`, which is known.
  void grew(std::size_t by) { bytes_ += by; }

  void forget() {
    groups_.clear();
    lanes_.clear();
    bytes_ = 0;
  }

  // Between two transactions: it holds about so many bytes at most, and begins anew when it would be more.
  void limit() {
    if (bytes_ > kMaxBytes) forget();
  }

 private:
  static constexpr std::size_t kMaxBytes = 32U << 20;
  static constexpr std::size_t kLaneBytes = 200;

  template <class Value>
  using ByText = std::unordered_map<std::string, Value, base::TextHash, std::equal_to<>>;

  std::unordered_map<std::int64_t, ByText<GroupState>> groups_;  // by computation and name
  std::unordered_map<std::int64_t, ByText<std::unordered_map<std::uint64_t, std::int64_t>>> lanes_;
  std::size_t bytes_ = 0;  // about, and rather too much: what is taken back is not counted
};

}  // namespace pilothouse::store::sqlite
