#include "trust/audit/engine/decode.h"

#include <bzlib.h>
#include <lzma.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/hex.hpp>
#include <cstdint>
#include <iterator>

namespace pilothouse::audit {
namespace {

constexpr std::size_t kChunk = 64U << 10;

// Digits of a base as one number per group of `digits`, big-endian, `bytes` bytes of each group.
std::optional<std::string> base85_groups(std::string_view text, std::string_view alphabet) {
  std::string result;
  std::array<std::uint32_t, 5> group{};
  std::size_t filled = 0;
  const auto flush = [&](std::size_t bytes) {
    std::uint64_t number = 0;
    for (const std::uint32_t digit : group) number = number * 85 + digit;
    if (number > 0xFFFFFFFFU) return false;
    for (std::size_t i = 0; i < bytes; ++i) result.push_back(static_cast<char>(number >> (24 - 8 * i)));
    filled = 0;
    return true;
  };
  for (const char c : text) {
    const std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos || result.size() > kMaxDecoded) return std::nullopt;
    group.at(filled++) = static_cast<std::uint32_t>(digit);
    if (filled == 5 && !flush(4)) return std::nullopt;
  }
  if (filled > 0) {
    const std::size_t bytes = filled - 1;
    while (filled < 5) group.at(filled++) = 84;
    if (!flush(bytes)) return std::nullopt;
  }
  return result;
}

// Takes what belongs to the stream off the bytes.
std::optional<std::string> inflate_as(std::string_view& bytes, int window) {
  z_stream stream{};
  if (inflateInit2(&stream, window) != Z_OK) return std::nullopt;
  // zlib does not write to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string result;
  std::string chunk(kChunk, '\0');
  int state = Z_OK;
  while (state == Z_OK && result.size() <= kMaxDecoded) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    state = ::inflate(&stream, Z_NO_FLUSH);
    result.append(chunk, 0, chunk.size() - stream.avail_out);
    if (state == Z_OK && stream.avail_in == 0 && stream.avail_out != 0) break;
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END || result.size() > kMaxDecoded) return std::nullopt;
  bytes.remove_prefix(bytes.size() - stream.avail_in);
  return result;
}

std::optional<std::string> bunzip2_one(std::string_view& bytes) {
  bz_stream stream{};
  if (BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK) return std::nullopt;
  stream.next_in = const_cast<char*>(bytes.data());
  stream.avail_in = static_cast<unsigned>(bytes.size());
  std::string result;
  std::string chunk(kChunk, '\0');
  int state = BZ_OK;
  while (state == BZ_OK && result.size() <= kMaxDecoded) {
    stream.next_out = chunk.data();
    stream.avail_out = static_cast<unsigned>(chunk.size());
    state = BZ2_bzDecompress(&stream);
    result.append(chunk, 0, chunk.size() - stream.avail_out);
    if (state == BZ_OK && stream.avail_in == 0 && stream.avail_out != 0) break;
  }
  BZ2_bzDecompressEnd(&stream);
  if (state != BZ_STREAM_END || result.size() > kMaxDecoded) return std::nullopt;
  bytes.remove_prefix(bytes.size() - stream.avail_in);
  return result;
}

// Streams behind one another, as long as the next one begins as it must.
template <class Unpack>
std::optional<std::string> all_streams(std::string_view bytes, std::string_view magic, Unpack unpack) {
  constexpr int kMostStreams = 100;
  auto result = unpack(bytes);
  for (int i = 0; result && i < kMostStreams && bytes.starts_with(magic); ++i) {
    const auto more = unpack(bytes);
    if (!more) break;
    if (result->size() + more->size() > kMaxDecoded) return std::nullopt;
    *result += *more;
  }
  return result;
}

}  // namespace

std::optional<std::string> base64_decode(std::string_view text, bool url_safe) {
  std::string digits;
  std::size_t pads = 0;
  for (char c : text) {
    // What follows a whole padding is not read.
    pads = c == '=' && digits.size() % 4 >= 2 ? pads + 1 : 0;
    if (pads > 0 && digits.size() % 4 + pads >= 4) break;
    if (url_safe && c == '-') c = '+';
    if (url_safe && c == '_') c = '/';
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/') {
      digits.push_back(c);
    }
  }
  if (digits.size() % 4 == 1 || digits.size() / 4 * 3 > kMaxDecoded) return std::nullopt;
  const std::size_t padding = (4 - digits.size() % 4) % 4;
  digits.append(padding, '=');
  std::string result(digits.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                      reinterpret_cast<const unsigned char*>(digits.data()), static_cast<int>(digits.size()));
  if (size < 0) return std::nullopt;
  result.resize(static_cast<std::size_t>(size) - padding);
  return result;
}

std::optional<std::string> base32_decode(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string result;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos || result.size() > kMaxDecoded) return std::nullopt;
    bits = bits << 5 | static_cast<std::uint32_t>(digit);
    count += 5;
    if (count >= 8) {
      count -= 8;
      result.push_back(static_cast<char>(bits >> count));
    }
  }
  return result;
}

std::optional<std::string> base85_decode(std::string_view text) {
  return base85_groups(
      text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~");
}

std::optional<std::string> ascii85_decode(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c == 'z') {
      digits += "!!!!!";
    } else if (c > ' ') {
      digits.push_back(c);
    }
  }
  std::string alphabet;
  for (char c = '!'; c <= 'u'; ++c) alphabet.push_back(c);
  return base85_groups(digits, alphabet);
}

std::optional<std::string> hex_decode(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) {
    return std::string_view(" \t\n\r\f\v").find(c) == std::string_view::npos;
  });
  if (digits.size() / 2 > kMaxDecoded) return std::nullopt;
  std::string result;
  try {
    boost::algorithm::unhex(digits, std::back_inserter(result));
  } catch (const boost::algorithm::hex_decode_error&) {
    return std::nullopt;
  }
  return result;
}

std::optional<std::string> inflate(std::string_view bytes) {
  constexpr int kZlibOrGzip = 15 + 32;
  constexpr int kRaw = -15;
  const auto whole = [](std::string_view& rest) { return inflate_as(rest, kZlibOrGzip); };
  if (auto result = all_streams(bytes, "\x1F\x8B", whole)) return result;
  return inflate_as(bytes, kRaw);
}

std::optional<std::string> bunzip2(std::string_view bytes) { return all_streams(bytes, "BZh", bunzip2_one); }

static std::optional<std::string> unlzma_as(std::string_view bytes, std::uint32_t flags) {
  constexpr std::uint64_t kMemory = 64U << 20;
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_auto_decoder(&stream, kMemory, flags) != LZMA_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<const std::uint8_t*>(bytes.data());
  stream.avail_in = bytes.size();
  std::string result;
  std::string chunk(kChunk, '\0');
  lzma_ret state = LZMA_OK;
  while (state == LZMA_OK && result.size() <= kMaxDecoded) {
    stream.next_out = reinterpret_cast<std::uint8_t*>(chunk.data());
    stream.avail_out = chunk.size();
    state = lzma_code(&stream, LZMA_FINISH);
    result.append(chunk, 0, chunk.size() - stream.avail_out);
  }
  lzma_end(&stream);
  if (state != LZMA_STREAM_END || result.size() > kMaxDecoded) return std::nullopt;
  return result;
}

// Streams behind one another, or one with something else behind it.
std::optional<std::string> unlzma(std::string_view bytes) {
  if (auto result = unlzma_as(bytes, LZMA_CONCATENATED)) return result;
  return unlzma_as(bytes, 0);
}

std::string rot13(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>('a' + (c - 'a' + 13) % 26);
    if (c >= 'A' && c <= 'Z') c = static_cast<char>('A' + (c - 'A' + 13) % 26);
  }
  return result;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte =
        text[i] == '%' && i + 2 < text.size() ? hex_decode(text.substr(i + 1, 2)) : std::nullopt;
    if (byte && byte->size() == 1) {
      result += *byte;
      i += 2;
    } else {
      result.push_back(text[i]);
    }
  }
  return result;
}

std::string base64_encode(std::string_view bytes) {
  std::string result((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  result.resize(static_cast<std::size_t>(size));
  return result;
}

std::string hex_encode(std::string_view bytes) {
  std::string result;
  boost::algorithm::hex_lower(bytes.begin(), bytes.end(), std::back_inserter(result));
  return result;
}

}  // namespace pilothouse::audit
