#include "store/exception_fingerprint.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace pilothouse::store {
namespace {

constexpr std::size_t kMessage = 1000;
constexpr std::size_t kWord = 8;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_word(char c) { return is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') || c == '_'; }

// How many bytes at the front are hidden.
std::size_t masked(std::string_view rest, bool word_begins) {
  const auto run = [](std::string_view text, bool (*belongs)(char)) {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), belongs) - text.begin());
  };
  if (rest.starts_with("0x") || rest.starts_with("0X")) {
    const std::size_t digits = run(rest.substr(2), is_hex);
    if (digits > 0) return 2 + digits;
  }
  const std::size_t word = run(rest, is_word);
  if (word_begins && word >= kWord && run(rest, is_hex) == word &&
      std::any_of(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(word), is_digit)) {
    return word;
  }
  return run(rest, is_digit);
}

std::string mask(std::string_view message) {
  std::string out;
  bool word_begins = true;
  for (std::size_t at = 0; at < message.size();) {
    const std::size_t hidden = masked(message.substr(at), word_begins);
    out.push_back(hidden > 0 ? '#' : message[at]);
    at += std::max<std::size_t>(hidden, 1);
    word_begins = !is_word(message[at - 1]);
  }
  return out;
}

std::string_view last_frame(std::string_view traceback) {
  constexpr std::string_view kFrame = "File \"";
  for (std::size_t at = traceback.rfind(kFrame); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : traceback.rfind(kFrame, at - 1)) {
    const std::size_t line = traceback.substr(0, at).find_last_of('\n') + 1;
    if (traceback.substr(line, at - line).find_first_not_of(" \t") != std::string_view::npos) continue;
    return traceback.substr(at, traceback.find('\n', at) - at);
  }
  return {};
}

// Directories are kept where they say which package it is.
std::string file_without_home(std::string_view path) {
  std::string file(path);
  std::replace(file.begin(), file.end(), '\\', '/');
  for (const std::string_view packages : {"/site-packages/", "/dist-packages/"}) {
    const std::size_t at = file.rfind(packages);
    if (at != std::string::npos) return file.substr(at + packages.size());
  }
  file.erase(0, file.rfind('/') + 1);
  return file.starts_with("<ipython-input-") ? mask(file) : file;
}

std::string frame_without_home(std::string_view frame) {
  const std::size_t path = frame.find('"') + 1;
  const std::size_t end = frame.rfind("\", line ");
  if (path == 0 || end == std::string_view::npos || end < path) return std::string(frame);
  std::string out(frame.substr(0, path));
  out += file_without_home(frame.substr(path, end - path));
  out += frame.substr(end);
  return out;
}

}  // namespace

std::string exception_fingerprint(std::string_view type, std::string_view message,
                                  std::string_view traceback) {
  std::string text(type);
  text += '\0';
  text += mask(message.substr(0, kMessage));
  text += '\0';
  text += frame_without_home(last_frame(traceback));
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string fingerprint = "2-";
  for (std::size_t i = 0; i < 16; ++i) {
    fingerprint += kHex[digest[i] >> 4];
    fingerprint += kHex[digest[i] & 15];
  }
  return fingerprint;
}

}  // namespace pilothouse::store
