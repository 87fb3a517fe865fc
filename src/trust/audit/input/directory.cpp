#include "trust/audit/input/directory.h"

#include <system_error>
#include <utility>
#include <vector>

#include "trust/audit/input/byte_source.h"
#include "trust/audit/input/names.h"

namespace pilothouse::audit {
namespace {

namespace fs = std::filesystem;

class Walk {
 public:
  Walk(const InputLimits& limits, Input& input) : limits_(limits), input_(input) {}

  void all(const fs::path& root) {
    waiting_.emplace_back(root, "");
    while (!waiting_.empty()) {
      const auto [directory, path] = std::move(waiting_.back());
      waiting_.pop_back();
      list(directory, path);
    }
  }

 private:
  // `path` is what the subject calls it, empty for itself.
  void list(const fs::path& directory, const std::string& path) {
    std::error_code failed;
    fs::directory_iterator entries(directory, failed);
    for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) {
      const std::string name = entries->path().filename().string();
      visit(*entries, name, path.empty() ? readable(name) : path + "/" + readable(name));
    }
    if (failed) note(path.empty() ? input_.name : path, "cannot be listed: " + failed.message());
  }

  void visit(const fs::directory_entry& entry, const std::string& name, const std::string& path) {
    std::error_code failed;
    const fs::file_type type = entry.symlink_status(failed).type();
    if (type == fs::file_type::symlink) return link(entry, path);
    if (type == fs::file_type::directory) return directory(entry, name, path);
    if (type == fs::file_type::regular) return file(entry, path);
    if (is_source_name(name)) note(path, "is no regular file");
  }

  void directory(const fs::directory_entry& entry, const std::string& name, const std::string& path) {
    if (name.starts_with('.') || name == "__pycache__") return;
    std::error_code failed;
    if (fs::exists(entry.path() / "pyvenv.cfg", failed)) {
      return note(path, "is a virtual environment, which is left out; audit it by itself");
    }
    waiting_.emplace_back(entry.path(), path);
  }

  void link(const fs::directory_entry& entry, const std::string& path) {
    std::error_code failed;
    if (is_source_name(path) || entry.is_directory(failed)) {
      note(path, "is a link, which is not followed; audit what it points to");
    }
  }

  void file(const fs::directory_entry& entry, const std::string& path) {
    if (is_bytecode_name(path)) return note(path, "is compiled; audit the source it was made from");
    if (!is_source_name(path)) {
      if (has_suffix(path)) return;
      const auto opened = FileSource::open(entry.path());
      const auto head = opened ? (*opened)->read(0, kSniffed) : base::Result<std::string>(opened.error());
      if (!head) return note(path, head.error().message);
      if (!runs_as_python(*head)) return;
    }
    std::error_code failed;
    const std::uintmax_t size = entry.file_size(failed);
    if (!failed && size > limits_.max_file) return note(path, too_large(limits_.max_file));
    input_.files.push_back({path, {}, entry.path()});
  }

  void note(const std::string& path, std::string reason) {
    input_.unread.push_back({path, 0, std::move(reason)});
  }

  const InputLimits& limits_;
  Input& input_;
  std::vector<std::pair<fs::path, std::string>> waiting_;
};

}  // namespace

void read_directory(const fs::path& root, const InputLimits& limits, Input& input) {
  Walk(limits, input).all(root);
}

}  // namespace pilothouse::audit
