#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// What the names of files say, on disk and in archives. Letters of suffixes may be large or small.
namespace pilothouse::audit {

bool is_source_name(std::string_view path);  // *.py, *.pyw, *.pth
bool has_suffix(std::string_view path);      // ".bashrc" has none
bool is_archive_name(std::string_view path);
bool is_zip_name(std::string_view path);  // such archives too as are zips by another name

// Bytecode that Python imports although there is no source beside it.
bool is_bytecode_name(std::string_view path);

// Whether the first line of a file is "#!" with python in it. The first kSniffed bytes are enough.
constexpr std::size_t kSniffed = 64;
bool runs_as_python(std::string_view head);

// The name itself when it is UTF-8, else with every byte from 0x80 on as \xNN.
std::string readable(std::string_view name);

struct MemberName {
  std::string path;     // without "." and empty parts
  std::string problem;  // empty, or why nothing is to be written there
};

// Of an archive's member, as the archive spells it.
MemberName member_name(std::string_view raw);

}  // namespace pilothouse::audit
