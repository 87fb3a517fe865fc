#pragma once

#include <string>
#include <string_view>

namespace pilothouse::store {

// Looks for one text in many, whatever the case of the letters.
class TextSearch {
 public:
  explicit TextSearch(std::string_view needle);

  bool found_in(std::string_view haystack) const;

 private:
  std::string needle_;  // folded
  bool ascii_;
};

}  // namespace pilothouse::store
