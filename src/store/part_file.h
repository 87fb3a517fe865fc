#pragma once

#include <filesystem>

#include "base/error.h"

namespace pilothouse::store {

// A file that is written beside the one it shall become: empty at first, mode 0600, and this process's alone
// for as long as the object lives. One that an earlier process left behind, cut short, is used again;
// SQLite's own files beside it are removed. Unless put in place, it is gone with the object.
class PartFile {
 public:
  // kConflict when another process writes it, kStorage when the file system refuses.
  static base::Result<PartFile> open(const std::filesystem::path& path);
  PartFile(PartFile&& other) noexcept;
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  int descriptor() const { return descriptor_; }

  // On the disk first, then under its name, in place of what has this name.
  base::Result<void> put_in_place(const std::filesystem::path& target);

 private:
  PartFile(std::filesystem::path path, int descriptor);
  void remove_side_files() const;

  std::filesystem::path path_;
  int descriptor_;  // -1: put in place, or moved from
};

// What the system said last, about `path`.
base::Error file_error(const std::filesystem::path& path);

}  // namespace pilothouse::store
