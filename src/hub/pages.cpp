#include "hub/pages.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace pilothouse::hub {
namespace {

using pages::Asset;

constexpr std::string_view kIndex = "/index.html";

// The pages there are; "*" stands for one segment. web/src/app.tsx knows them as well.
constexpr std::array<std::string_view, 7> kPagePaths{
    "/", "/clusters/*", "/computations/*", "/exceptions", "/exceptions/*", "/compare", "/sign-in"};

constexpr std::array<Header, 6> kPageHeaders{{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
     "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy",
     "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"},
    {"Vary", "Accept-Encoding"},
}};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Cuts what is before `separator` off `text`.
std::string_view next_part(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

bool same_word(std::string_view one, std::string_view other) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

// The weight, in thousandths, that a header like Accept gives a word which it names; -1 when it does not.
int weight_of(std::string_view header, std::string_view word) {
  while (!header.empty()) {
    std::string_view entry = next_part(header, ',');
    if (!same_word(next_part(entry, ';'), word)) continue;
    while (!entry.empty()) {
      std::string_view parameter = next_part(entry, ';');
      if (!same_word(next_part(parameter, '='), "q")) continue;
      double weight = 0;
      std::from_chars(parameter.data(), parameter.data() + parameter.size(), weight);
      return weight > 0 && weight <= 1 ? static_cast<int>(weight * 1000) : 0;
    }
    return 1000;
  }
  return -1;
}

bool prefers_html(std::string_view accept) {
  const int html = weight_of(accept, "text/html");
  return html > 0 && html >= weight_of(accept, "application/json");
}

bool takes_gzip(std::string_view accept_encoding) {
  const int gzip = weight_of(accept_encoding, "gzip");
  return gzip > 0 || (gzip < 0 && weight_of(accept_encoding, "*") > 0);
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  const auto opaque = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  while (!if_none_match.empty()) {
    const std::string_view tag = next_part(if_none_match, ',');
    if (tag == "*" || opaque(tag) == opaque(etag)) return true;
  }
  return false;
}

bool is_page(std::string_view path) {
  return std::any_of(kPagePaths.begin(), kPagePaths.end(), [&](std::string_view pattern) {
    if (!pattern.ends_with('*')) return path == pattern;
    pattern.remove_suffix(1);
    return path.size() > pattern.size() && path.starts_with(pattern) &&
           path.find('/', pattern.size()) == std::string_view::npos;
  });
}

const Asset* find_asset(std::span<const Asset> assets, std::string_view path) {
  const auto found =
      std::find_if(assets.begin(), assets.end(), [&](const Asset& asset) { return asset.path == path; });
  return found == assets.end() ? nullptr : &*found;
}

// Nothing when the bytes are not what they should be.
std::optional<std::string> inflated(const Asset& asset) {
  constexpr int kGzip = 16;
  z_stream stream{};
  if (inflateInit2(&stream, MAX_WBITS + kGzip) != Z_OK) return std::nullopt;
  std::string text(asset.size, '\0');
  stream.next_in = const_cast<unsigned char*>(asset.gzip.data());  // zlib's, which only reads it
  stream.avail_in = static_cast<unsigned>(asset.gzip.size());
  stream.next_out = reinterpret_cast<unsigned char*>(text.data());
  stream.avail_out = static_cast<unsigned>(text.size());
  const int outcome = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (outcome != Z_STREAM_END || stream.avail_out != 0) return std::nullopt;
  return text;
}

Response file_response(const Asset& asset, unsigned status, const PageRequest& request) {
  Response response{status, {}, {}};
  response.content_type = asset.media_type;
  response.headers.assign(kPageHeaders.begin(), kPageHeaders.end());
  response.headers.push_back(
      {"Cache-Control", asset.immutable ? "public, max-age=31536000, immutable" : "no-cache"});
  if (status == 200) {
    response.headers.push_back({"ETag", asset.etag});
    if (names_etag(request.if_none_match, asset.etag)) {
      response.status = 304;
      return response;
    }
  }
  if (takes_gzip(request.accept_encoding)) {
    response.headers.push_back({"Content-Encoding", "gzip"});
    response.fixed = {reinterpret_cast<const char*>(asset.gzip.data()), asset.gzip.size()};
    return response;
  }
  auto text = inflated(asset);
  if (!text) return error_response(500, "internal", "a file of the pages is damaged");
  response.body = std::move(*text);
  return response;
}

}  // namespace

std::optional<Response> page_response(std::span<const Asset> assets, const PageRequest& request) {
  const std::string_view path = request.target.substr(0, request.target.find('?'));
  const bool page = is_page(path);
  if (assets.empty()) {
    if (!page || !request.reads) return std::nullopt;
    return error_response(404, "no_pages",
                          "this hub was built without its pages; the command line and the API work");
  }
  const Asset* file = page ? find_asset(assets, kIndex) : find_asset(assets, path);
  if (file == nullptr) {
    if (!request.reads || path.starts_with("/api/") || !prefers_html(request.accept)) return std::nullopt;
    const Asset* index = find_asset(assets, kIndex);
    if (index == nullptr) return std::nullopt;
    return file_response(*index, 404, request);
  }
  if (!request.reads) {
    Response response = error_response(405, "method_not_allowed", "this path takes GET and HEAD only");
    response.allow = "GET, HEAD";
    return response;
  }
  return file_response(*file, 200, request);
}

}  // namespace pilothouse::hub
