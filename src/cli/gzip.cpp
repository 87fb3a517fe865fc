#include "cli/gzip.h"

#include <zlib.h>

#include <boost/beast/core/detail/base64.hpp>
#include <stdexcept>

namespace pilothouse::cli {
namespace {

constexpr int kGzip = 16 + MAX_WBITS;
constexpr int kLevel = 6;
constexpr int kMemory = 8;  // zlib's default

}  // namespace

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));  // only read
  stream.avail_in = static_cast<unsigned>(bytes.size());
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string gunzip(std::span<const unsigned char> compressed, std::size_t size) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzip) != Z_OK) throw std::bad_alloc();
  std::string out(size, '\0');
  stream.next_in = const_cast<unsigned char*>(compressed.data());  // only read
  stream.avail_in = static_cast<unsigned>(compressed.size());
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::string base64(std::string_view bytes) {
  namespace coder = boost::beast::detail::base64;
  std::string out(coder::encoded_size(bytes.size()), '\0');
  out.resize(coder::encode(out.data(), bytes.data(), bytes.size()));
  return out;
}

}  // namespace pilothouse::cli
