#include <algorithm>
#include <system_error>
#include <tuple>
#include <utility>

#include "trust/audit/input/archive.h"
#include "trust/audit/input/bundle.h"
#include "trust/audit/input/byte_source.h"
#include "trust/audit/input/directory.h"
#include "trust/audit/input/input.h"
#include "trust/audit/input/names.h"

namespace pilothouse::audit {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWanted = "a Python file, a directory, a wheel, a zip, an sdist or a bundle";

// What a person calls it: "." and "src/" have names too.
std::string name_of(const fs::path& path, const fs::path& found) {
  const fs::path given = path.filename();
  if (!given.empty() && given != "." && given != "..") return readable(given.string());
  return found.has_filename() ? readable(found.filename().string()) : found.string();
}

// A file that is no archive. Given by name, it need not look like Python as long as it looks like nothing
// else.
base::Result<void> take_file(const FileSource& source, const fs::path& found, const InputLimits& limits,
                             Input& input) {
  input.kind = "file";
  if (is_bytecode_name(input.name)) {
    return base::error(base::Errc::kInvalidArgument, "is compiled; audit the source it was made from");
  }
  const auto head = source.read(0, kSniffed);
  if (!head) return head.error();
  if (!is_source_name(input.name) && has_suffix(input.name) && !runs_as_python(*head)) {
    const std::string what = head->empty() ? "is empty" : "is not Python";
    return base::error(base::Errc::kInvalidArgument, what + "; give " + std::string(kWanted));
  }
  if (source.size() > limits.max_file) {
    input.unread.push_back({input.name, 0, too_large(limits.max_file)});
  } else {
    input.files.push_back({input.name, {}, found});
  }
  return {};
}

base::Result<void> take(const FileSource& source, const fs::path& found, const InputLimits& limits,
                        Input& input) {
  if (is_source_name(input.name)) return take_file(source, found, limits, input);
  const auto bundle = is_bundle(source);
  if (!bundle) return bundle.error();
  if (*bundle) {
    input.kind = "bundle";
    return read_bundle(source, limits, input);
  }
  const auto packing = packing_of(source, input.name);
  if (!packing) return packing.error();
  if (!*packing) return take_file(source, found, limits, input);
  const bool is_wheel = fs::path(input.name).extension() == ".whl";
  input.kind = is_wheel ? "wheel" : *packing == Packing::kZip ? "archive" : "sdist";
  return read_archive(source, **packing, limits, input);
}

void sort(Input& input) {
  std::sort(input.files.begin(), input.files.end(), [](const SourceFile& a, const SourceFile& b) {
    return std::tie(a.path, a.on_disk) < std::tie(b.path, b.on_disk);
  });
  std::sort(input.unread.begin(), input.unread.end(), [](const Unread& a, const Unread& b) {
    return std::tie(a.path, a.line, a.reason) < std::tie(b.path, b.line, b.reason);
  });
}

}  // namespace

base::Result<Input> open_input(const fs::path& path, const InputLimits& limits) {
  const auto failure = [&](const base::Error& error) {
    return base::error(error.code, readable(path.string()) + " " + error.message);
  };
  std::error_code failed;
  // A link is followed when it is named, and only then.
  const fs::path found = fs::canonical(path, failed);
  if (path.empty()) {
    return base::error(base::Errc::kInvalidArgument, "the path is empty; give " + std::string(kWanted));
  }
  if (failed == std::errc::no_such_file_or_directory || failed == std::errc::not_a_directory) {
    return failure(base::error(base::Errc::kNotFound, "is not there; give " + std::string(kWanted)));
  }
  if (failed) return failure(base::error(base::Errc::kStorage, "cannot be read: " + failed.message()));

  Input input;
  input.name = name_of(path, found);
  if (fs::is_directory(found, failed)) {
    input.kind = "directory";
    read_directory(found, limits, input);
  } else {
    const auto source = FileSource::open(found);
    if (!source) return failure(source.error());
    if (const auto taken = take(**source, found, limits, input); !taken) return failure(taken.error());
  }
  sort(input);
  return input;
}

}  // namespace pilothouse::audit
