#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/temporary_directory.h"
#include "trust/audit/input/input.h"

// Files and archives for the tests of this directory, ordinary and hostile ones.
namespace pilothouse::audit {

// A directory of its own for each test.
class WithFiles : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, std::string_view bytes) const {
    std::filesystem::path path = root_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path;
  }

  base::TemporaryDirectory root_;
};

inline std::vector<std::string> paths(const Input& input) {
  std::vector<std::string> all;
  for (const SourceFile& file : input.files) all.push_back(file.path);
  return all;
}

// "path: reason", in the input's order.
inline std::vector<std::string> unread(const Input& input) {
  std::vector<std::string> all;
  for (const Unread& one : input.unread) all.push_back(one.path + ": " + one.reason);
  return all;
}

struct TestMember {
  std::string name;
  std::string bytes = "pass\n";
  int type = AE_IFREG;
  std::string link = {};   // of a link: where it points
  bool hard_link = false;  // else a symbolic one
};

// By libarchive's writer. `filter` is ARCHIVE_FILTER_GZIP or such.
inline std::string packed(const std::vector<TestMember>& members, bool zip, int filter = ARCHIVE_FILTER_NONE,
                          const char* options = nullptr) {
  ::archive* writer = ::archive_write_new();
  if (zip) {
    ::archive_write_set_format_zip(writer);
  } else {
    ::archive_write_set_format_pax_restricted(writer);
  }
  ::archive_write_add_filter(writer, filter);
  ::archive_write_set_bytes_in_last_block(writer, 1);
  if (options != nullptr) {
    EXPECT_EQ(::archive_write_set_options(writer, options), ARCHIVE_OK) << ::archive_error_string(writer);
    ::archive_write_set_passphrase(writer, "secret");
  }
  std::string out(1U << 20, '\0');
  for (const TestMember& member : members) out.resize(out.size() + 2 * member.bytes.size() + 4096);
  std::size_t used = 0;
  EXPECT_EQ(::archive_write_open_memory(writer, out.data(), out.size(), &used), ARCHIVE_OK);
  for (const TestMember& member : members) {
    ::archive_entry* entry = ::archive_entry_new();
    ::archive_entry_set_pathname(entry, member.name.c_str());
    ::archive_entry_set_filetype(entry, static_cast<unsigned>(member.type));
    ::archive_entry_set_perm(entry, 0644);
    ::archive_entry_set_size(entry, member.type == AE_IFREG && !member.hard_link
                                        ? static_cast<la_int64_t>(member.bytes.size())
                                        : 0);
    if (member.hard_link) {
      ::archive_entry_set_hardlink(entry, member.link.c_str());
    } else if (!member.link.empty()) {
      ::archive_entry_set_symlink(entry, member.link.c_str());
    }
    EXPECT_GE(::archive_write_header(writer, entry), ARCHIVE_WARN) << ::archive_error_string(writer);
    if (::archive_entry_size(entry) > 0) {
      EXPECT_EQ(::archive_write_data(writer, member.bytes.data(), member.bytes.size()),
                static_cast<la_ssize_t>(member.bytes.size()));
    }
    ::archive_entry_free(entry);
  }
  EXPECT_EQ(::archive_write_close(writer), ARCHIVE_OK) << ::archive_error_string(writer);
  ::archive_write_free(writer);
  out.resize(used);
  return out;
}

// A member of a zip that is written byte by byte, not compressed, so that all of it can be wrong.
struct RawMember {
  std::string name;
  std::string bytes = "pass\n";
  std::string local_name = name;
  unsigned method = 0, local_method = method;
  unsigned flags = 0, local_flags = flags;
  unsigned mode = 0100644;
  bool wrong_checksum = false;
  int offset_of = -1;  // the number of the member whose bytes are meant to be this one's
};

inline std::string little(std::uint64_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xffU);
  return bytes;
}

inline std::uint32_t crc32_of(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = crc >> 1U ^ (0xedb88320U & (0U - (crc & 1U)));
  }
  return ~crc;
}

// `order` is that of the directory, by the members' numbers; empty: as they stand.
inline std::string raw_zip(const std::vector<RawMember>& members, std::vector<std::size_t> order = {},
                           const std::string& comment = "") {
  std::string zip;
  std::vector<std::size_t> offsets;
  std::vector<std::string> common;
  for (const RawMember& member : members) {
    const std::uint32_t crc = crc32_of(member.bytes) ^ (member.wrong_checksum ? 1U : 0U);
    common.push_back(little(0, 4) + little(crc, 4) + little(member.bytes.size(), 4) +
                     little(member.bytes.size(), 4));
    offsets.push_back(zip.size());
    zip += "PK\x03\x04" + little(20, 2) + little(member.local_flags, 2) + little(member.local_method, 2) +
           common.back() + little(member.local_name.size(), 2) + little(0, 2) + member.local_name +
           member.bytes;
  }
  if (order.empty()) {
    for (std::size_t i = 0; i < members.size(); ++i) order.push_back(i);
  }
  const std::size_t start = zip.size();
  for (const std::size_t i : order) {
    const RawMember& member = members[i];
    const std::size_t offset = offsets[member.offset_of < 0 ? i : static_cast<std::size_t>(member.offset_of)];
    zip += "PK\x01\x02" + little(20, 1) + little(3, 1) + little(20, 2) + little(member.flags, 2) +
           little(member.method, 2) + common[i] + little(member.name.size(), 2) + little(0, 2) +
           little(0, 2) + little(0, 2) + little(0, 2) + little(std::uint64_t{member.mode} << 16U, 4) +
           little(offset, 4) + member.name;
  }
  return zip + "PK\x05\x06" + little(0, 4) + little(order.size(), 2) + little(order.size(), 2) +
         little(zip.size() - start, 4) + little(start, 4) + little(comment.size(), 2) + comment;
}

}  // namespace pilothouse::audit
