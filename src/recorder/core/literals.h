#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::recorder {

// Finds every place of many short texts in one pass (Aho and Corasick's automaton, as a table). ASCII letters
// are the same in both cases. Immutable once made: any number of threads may ask at once.
class LiteralFinder {
 public:
  // None is empty, all together have less than 64 KiB.
  explicit LiteralFinder(const std::vector<std::string>& literals);

  // Calls found(place, number) for each occurrence, those that overlap as well, in the order of their ends.
  template <class Found>
  void find(std::string_view text, Found found) const {
    std::uint32_t at = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      at = next_[(at & ~kEnds) + columns_[static_cast<unsigned char>(text[i])]];
      if ((at & kEnds) == 0) continue;
      for (const std::uint32_t number : ends_[(at & ~kEnds) / width_]) {
        found(i + 1 - sizes_[number], number);
      }
    }
  }

 private:
  static constexpr std::uint32_t kEnds = 1U << 31;  // of an entry: texts end in the state

  std::array<std::uint16_t, 256> columns_{};      // of the table, by byte; 0: in none of the texts
  std::uint32_t width_ = 1;                       // of a row
  std::vector<std::uint32_t> next_;               // where the row of the next state begins
  std::vector<std::vector<std::uint32_t>> ends_;  // by state: the texts that end there
  std::vector<std::size_t> sizes_;
};

}  // namespace pilothouse::recorder
