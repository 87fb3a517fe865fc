#include "cli/audit_lines.h"

namespace pilothouse::cli {

AuditLines::AuditLines(const audit::Input& input, const audit::InputLimits& limits) : limits_(limits) {
  for (const audit::SourceFile& file : input.files) files_.emplace(file.path, &file);
}

void AuditLines::load(std::string_view path) {
  path_ = path;
  text_.clear();
  starts_.clear();
  const auto file = files_.find(path);
  if (file == files_.end()) return;
  const auto bytes = file->second->load(limits_);
  if (!bytes) return;
  auto text = audit::decode(*bytes);
  if (!text) return;
  text_ = std::move(text->utf8);
  for (std::size_t at = 0; at < text_.size();) {
    starts_.push_back(at);
    at = text_.find('\n', at);
    if (at == std::string::npos) break;
    ++at;
  }
}

std::optional<std::string_view> AuditLines::line(std::string_view path, std::uint32_t number) {
  if (path_ != path) load(path);
  if (number == 0 || number > starts_.size()) return std::nullopt;
  std::string_view rest = std::string_view(text_).substr(starts_[number - 1]);
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

}  // namespace pilothouse::cli
