#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pilothouse::audit {

// Bytes that are read at any place: a file, or memory.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;

  // How many were read; fewer than `size` only at the end.
  virtual base::Result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t size) const = 0;

  // All of [offset, offset + size), as far as there is that much.
  base::Result<std::string> read(std::uint64_t offset, std::size_t size) const;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}  // they live longer
  std::uint64_t size() const override { return bytes_.size(); }
  base::Result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t size) const override;

 private:
  std::string_view bytes_;
};

// A regular file. Links are not followed, and nothing else is opened: a pipe would wait for its writer.
// Errors are the ends of sentences about the file: "may not be read by this user".
class FileSource : public ByteSource {
 public:
  static base::Result<std::unique_ptr<FileSource>> open(const std::filesystem::path& path);
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override;
  std::uint64_t size() const override { return size_; }
  base::Result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t size) const override;

 private:
  FileSource(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}
  int descriptor_;
  std::uint64_t size_;
};

// "has more than 16777216 bytes, the most that is read of one file"
std::string too_large(std::uint64_t limit);

}  // namespace pilothouse::audit
