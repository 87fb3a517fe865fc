#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trust/audit/input/input.h"

namespace pilothouse::cli {

// The lines of what was audited, read again when they are shown. One file is kept at a time. The input must
// outlive it.
class AuditLines {
 public:
  AuditLines(const audit::Input& input, const audit::InputLimits& limits);

  // Without its end; none where there is no such line, or the file cannot be read any more. Good until the
  // next call.
  std::optional<std::string_view> line(std::string_view path, std::uint32_t number);

 private:
  void load(std::string_view path);

  const audit::InputLimits limits_;
  std::map<std::string_view, const audit::SourceFile*> files_;
  std::string path_;
  std::string text_;
  std::vector<std::size_t> starts_;  // of the lines of text_
};

}  // namespace pilothouse::cli
