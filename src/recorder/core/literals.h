#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::recorder {

// Finds every place of many short texts in one pass. ASCII letters are the same in both cases. Immutable once
// made: any number of threads may ask at once.
class LiteralFinder {
 public:
  // Each has three bytes at least.
  explicit LiteralFinder(const std::vector<std::string>& literals);

  // Calls found(place, number) for each occurrence, those that overlap as well, from the front to the back.
  template <class Found>
  void find(std::string_view text, Found found) const {
    std::size_t three = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      // Most places are told from all of the texts by the low bits of three bytes, which leave out the case.
      three = (three << 5 | (static_cast<unsigned char>(text[i]) & 31U)) % kThrees;
      if (!begins_[three] || i < 2) continue;
      for (const std::uint32_t number : numbers_[places_[three]]) {
        if (is_at(literals_[number], text.substr(i - 2))) found(i - 2, number);
      }
    }
  }

 private:
  static constexpr std::size_t kThrees = 1U << 15;
  static bool is_at(std::string_view literal, std::string_view text);

  std::bitset<kThrees> begins_;
  std::array<std::uint16_t, kThrees> places_{};  // in numbers_, of those that begin
  std::vector<std::vector<std::uint32_t>> numbers_;
  std::vector<std::string> literals_;  // in small letters
};

}  // namespace pilothouse::recorder
