#include "trust/audit/input/names.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace pilothouse::audit {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// `suffix` is in lower case.
bool ends_with(std::string_view path, std::string_view suffix) {
  if (path.size() < suffix.size()) return false;
  const std::string_view end = path.substr(path.size() - suffix.size());
  return std::equal(end.begin(), end.end(), suffix.begin(), [](char a, char b) { return lower(a) == b; });
}

template <std::size_t N>
bool ends_with_one(std::string_view path, const std::array<std::string_view, N>& suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(),
                     [&](std::string_view suffix) { return ends_with(path, suffix); });
}

std::string_view last_part(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_absolute(std::string_view name) {
  if (name.empty()) return false;
  const char first = lower(name[0]);
  const bool drive = name.size() > 1 && first >= 'a' && first <= 'z' && name[1] == ':';
  return first == '/' || first == '\\' || drive;
}

}  // namespace

bool is_source_name(std::string_view path) {
  return ends_with_one(path, std::array<std::string_view, 3>{".py", ".pyw", ".pth"});
}

bool has_suffix(std::string_view path) {
  const std::string_view name = last_part(path);
  const std::size_t dot = name.rfind('.');
  return dot != std::string_view::npos && dot > 0;
}

bool is_zip_name(std::string_view path) {
  return ends_with_one(path, std::array<std::string_view, 4>{".whl", ".zip", ".egg", ".pyz"});
}

bool is_archive_name(std::string_view path) {
  return is_zip_name(path) || ends_with_one(path, std::array<std::string_view, 10>{
                                                      ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2",
                                                      ".tar.xz", ".txz", ".tar.zst", ".tar.lzma", ".tar.z"});
}

bool is_bytecode_name(std::string_view path) {
  if (!ends_with_one(path, std::array<std::string_view, 2>{".pyc", ".pyo"})) return false;
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos || last_part(path.substr(0, slash)) != "__pycache__";
}

bool runs_as_python(std::string_view head) {
  const std::string_view line = head.substr(0, std::min(head.size(), head.find_first_of("\r\n")));
  return line.starts_with("#!") && line.find("python") != std::string_view::npos;
}

std::string readable(std::string_view name) {
  if (base::is_utf8(name)) return std::string(name);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += {'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 0xfU]};
    }
  }
  return text;
}

MemberName member_name(std::string_view raw) {
  MemberName name;
  if (!base::is_utf8(raw)) {
    name.problem = "has a name that is not UTF-8";
  } else if (raw.find('\0') != std::string_view::npos) {
    name.problem = "has a null byte in its name";
  } else if (is_absolute(raw)) {
    name.problem = "has an absolute name, which would put it anywhere";
  }
  if (!name.problem.empty()) {
    name.path = readable(raw);
    return name;
  }
  for (std::string_view rest = raw; !rest.empty();) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") name.problem = "has \"..\" in its name, which would put it outside";
    if (!name.path.empty()) name.path += '/';
    name.path += part;
  }
  if (name.path.empty() && name.problem.empty()) name.problem = "has no name";
  return name;
}

}  // namespace pilothouse::audit
