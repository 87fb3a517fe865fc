#include <boost/json.hpp>
#include <string>

#include "cli/plugin.h"
#include "cli/text.h"

namespace pilothouse::cli {

namespace json = boost::json;

std::string line(std::string_view title, std::string_view text) {
  constexpr std::size_t kWidth = 13;
  std::string result(title);
  result.append(kWidth - title.size(), ' ');
  return result + one_line(text) + "\n";
}

std::string score_text(std::int64_t hundredths) {
  const std::string digits = std::to_string(100 + hundredths % 100).substr(1);
  return std::to_string(hundredths / 100) + "." + digits;
}

std::string describe(const trust::Manifest& manifest, std::string_view sha256) {
  std::string text = line("name", manifest.name) + line("version", manifest.version) +
                     line("kind", manifest.kind) + line("entry", manifest.entry) +
                     line("python", manifest.python) + line("distributed", manifest.distributed) +
                     line("publisher", manifest.publisher.to_string()) +
                     line("made", base::to_iso8601(manifest.created_us)) +
                     line("expires", base::to_iso8601(manifest.expires_us)) + line("sha256", sha256);
  if (manifest.audit) {
    text +=
        line("audited", "report " + manifest.audit->sha256 + ", risk " + score_text(manifest.audit->risk)) +
        line("", "rules " + manifest.audit->rules);
  }
  std::string_view title = "files";
  for (const trust::FileEntry& file : manifest.files) {
    text += line(title,
                 file.sha256 + "  " + file.path + "  " + human_bytes(static_cast<std::int64_t>(file.size)));
    title = "";
  }
  return text;
}

json::object to_json(const trust::Manifest& manifest, std::string_view sha256) {
  json::array files;
  for (const trust::FileEntry& file : manifest.files) {
    files.push_back(json::object{{"path", file.path}, {"size", file.size}, {"sha256", file.sha256}});
  }
  json::value audit;
  if (manifest.audit) {
    audit = json::object{
        {"sha256", manifest.audit->sha256}, {"rules", manifest.audit->rules}, {"risk", manifest.audit->risk}};
  }
  return {{"name", manifest.name},
          {"version", manifest.version},
          {"kind", manifest.kind},
          {"entry", manifest.entry},
          {"python", manifest.python},
          {"distributed", manifest.distributed},
          {"publisher", manifest.publisher.to_string()},
          {"created_us", manifest.created_us},
          {"expires_us", manifest.expires_us},
          {"sha256", sha256},
          {"audit", std::move(audit)},
          {"files", std::move(files)}};
}

}  // namespace pilothouse::cli
