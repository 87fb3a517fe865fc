#include "cli/report_file.h"

#include "cli/gzip.h"

namespace pilothouse::cli {
namespace {

constexpr std::string_view kPlace = "<!--data-->";

std::string element(std::string_view id, std::string_view type, std::string_view text) {
  std::string out = "<script id=\"";
  out += id;
  out += "\" type=\"";
  out += type;
  out += "\">";
  out += text;
  out += "</script>\n";
  return out;
}

// JSON in which nothing looks like HTML.
std::string harmless(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      out += "\\u003c";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

base::Result<ReportFile> ReportFile::begin(std::string page, std::size_t most) {
  const std::size_t place = page.find(kPlace);
  if (place == std::string::npos) {
    return base::error(base::Errc::kInternal, "this program was built with a damaged page for reports");
  }
  page.erase(place, kPlace.size());
  return ReportFile(std::move(page), place, most);
}

std::size_t ReportFile::encoded_size(std::string_view data) { return base64(gzip(data)).size(); }

bool ReportFile::add(std::string_view id, std::string_view data, std::size_t room) {
  const std::string added = element(id, "application/octet-stream", base64(gzip(data)));
  if (size() + added.size() + room > most_) return false;
  data_ += added;
  return true;
}

base::Result<std::string> ReportFile::finish(const boost::json::object& index) && {
  data_ += element("report", "application/json", harmless(boost::json::serialize(index)));
  if (size() > most_) {
    return base::error(base::Errc::kTooLarge, "a report of it has at least " + std::to_string(size()) +
                                                  " bytes\nAllow more: --max-size");
  }
  page_.insert(place_, data_);
  return std::move(page_);
}

}  // namespace pilothouse::cli
