#include "recorder/core/literals.h"

#include <algorithm>

namespace pilothouse::recorder {
namespace {

unsigned char lower(char c) { return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

}  // namespace

LiteralFinder::LiteralFinder(const std::vector<std::string>& literals) {
  for (const std::string& literal : literals) {
    for (const char c : literal) {
      if (std::uint16_t& column = columns_[lower(c)]; column == 0)
        column = static_cast<std::uint16_t>(width_++);
    }
  }
  for (char c = 'A'; c <= 'Z'; ++c) columns_[static_cast<unsigned char>(c)] = columns_[lower(c)];

  // First a tree of the texts, in which 0 is "no such child": nothing leads back to the root.
  const auto add_state = [this] {
    next_.resize(next_.size() + width_, 0);
    ends_.emplace_back();
    return static_cast<std::uint32_t>(ends_.size() - 1);
  };
  add_state();
  for (std::uint32_t number = 0; number < literals.size(); ++number) {
    std::uint32_t state = 0;
    for (const char c : literals[number]) {
      const std::size_t edge = state * std::size_t{width_} + columns_[lower(c)];
      if (next_[edge] == 0) {
        const std::uint32_t child = add_state();  // moves the table
        next_[edge] = child;
      }
      state = next_[edge];
    }
    ends_[state].push_back(number);
    sizes_.push_back(literals[number].size());
  }

  // Then, by depth, what is missing comes from the state of the longest suffix.
  std::vector<std::uint32_t> suffix(ends_.size(), 0);
  std::vector<std::uint32_t> queue;
  for (std::uint32_t column = 0; column < width_; ++column) {
    if (next_[column] != 0) queue.push_back(next_[column]);
  }
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const std::uint32_t state = queue[head];
    const auto& inherited = ends_[suffix[state]];
    ends_[state].insert(ends_[state].end(), inherited.begin(), inherited.end());
    for (std::uint32_t column = 0; column < width_; ++column) {
      std::uint32_t& child = next_[state * std::size_t{width_} + column];
      const std::uint32_t elsewhere = next_[suffix[state] * std::size_t{width_} + column];
      if (child == 0) {
        child = elsewhere;
      } else {
        suffix[child] = elsewhere;
        queue.push_back(child);
      }
    }
  }
  for (std::uint32_t& entry : next_) entry = entry * width_ | (ends_[entry].empty() ? 0 : kEnds);
}

}  // namespace pilothouse::recorder
