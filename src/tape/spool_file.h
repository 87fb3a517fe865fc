#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pilothouse::tape {

// A file of fixed size whose blocks are all there, and the part of it that is mapped. Errors are kStorage and
// name the file.
class SpoolFile {
 public:
  // Mode 0600, not there before.
  static base::Result<SpoolFile> create(const std::filesystem::path& path, std::size_t bytes);
  // No file at all, so that limits for files do not hold: memory comes as it is written.
  static base::Result<SpoolFile> create_in_memory(std::size_t bytes);
  static base::Result<SpoolFile> open(const std::filesystem::path& path);
  static base::Result<SpoolFile> copy_to_memory(const std::filesystem::path& path);

  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&&) = delete;
  ~SpoolFile();

  const std::filesystem::path& path() const { return path_; }
  std::size_t bytes() const { return bytes_; }

  // Held until this object goes or its process ends. kConflict when another has it, kNotFound when the file
  // was removed before.
  base::Result<void> lock();

  base::Result<void> read(std::size_t position, char* out, std::size_t size) const;
  // On the disk when it returns.
  base::Result<void> write(std::size_t position, std::string_view bytes) const;
  base::Result<void> sync_with_directory() const;

  // The file's pages in memory, shared; `twice`: a second time right behind. Not there in a forked child.
  // Unmapped with this object.
  base::Result<char*> map(std::size_t position, std::size_t size, bool twice);

  base::Result<void> rename(const std::filesystem::path& to);
  void remove();
  // Forgets the file and the mappings without giving them back.
  void abandon();

 private:
  SpoolFile(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  base::Result<void> reserve(std::size_t bytes);
  void* map_part(void* at, std::size_t position, std::size_t size) const;
  base::Error failure(std::string_view what) const;

  struct Mapping {
    void* at = nullptr;
    std::size_t size = 0;
  };

  std::filesystem::path path_;  // empty: in memory
  int descriptor_ = -1;
  std::size_t bytes_ = 0;
  Mapping memory_;  // all bytes, when there is no file
  Mapping mappings_[2];
};

}  // namespace pilothouse::tape
