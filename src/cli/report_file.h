#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pilothouse::cli {

// A page in one file, with data inside. The data are elements that no browser runs, compressed; base64 has no
// "<" that could end one.
class ReportFile {
 public:
  // `page` is what web/report.html was built into.
  static base::Result<ReportFile> begin(std::string page, std::size_t most);

  // Adds data under an id that is its own, unless the file would become too large; then it is as before.
  // `room`: of what else must have a place.
  bool add(std::string_view id, std::string_view data, std::size_t room = 0);

  std::size_t size() const { return data_.size() + page_.size(); }
  std::size_t room() const { return most_ - std::min(most_, size()); }

  // About what add() would add.
  static std::size_t encoded_size(std::string_view data);

  // The whole file; `index` says what the data are. kTooLarge when it has become larger than allowed.
  base::Result<std::string> finish(const boost::json::object& index) &&;

 private:
  ReportFile(std::string page, std::size_t place, std::size_t most)
      : page_(std::move(page)), place_(place), most_(most) {}

  std::string page_;
  std::size_t place_;  // of the data in the page
  std::size_t most_;
  std::string data_;
};

}  // namespace pilothouse::cli
