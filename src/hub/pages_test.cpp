#include "hub/pages.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <string>
#include <vector>

namespace pilothouse::hub {
namespace {

constexpr std::string_view kText = "<!doctype html><title>Pilothouse</title>";

std::vector<unsigned char> gzipped(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::vector<unsigned char> bytes(deflateBound(&stream, text.size()));
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<unsigned>(text.size());
  stream.next_out = bytes.data();
  stream.avail_out = static_cast<unsigned>(bytes.size());
  deflate(&stream, Z_FINISH);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

const std::vector<unsigned char> kBytes = gzipped(kText);
const std::array kAssets{
    pages::Asset{"/assets/app-1a2b.js", "text/javascript", kBytes, kText.size(), "W/\"js\"", true},
    pages::Asset{"/index.html", "text/html", kBytes, kText.size(), "W/\"html\"", false}};

std::string header(const Response& response, std::string_view name) {
  for (const Header& header : response.headers)
    if (header.name == name) return std::string(header.value);
  return {};
}

unsigned status_of(std::string_view target, std::string_view accept = {}) {
  const auto answer = page_response(kAssets, {.target = target, .accept = accept});
  return answer ? answer->status : 0;
}

TEST(Pages, EveryPageIsTheIndex) {
  for (const char* target : {"/", "/?status=running", "/index.html", "/clusters/3", "/computations/5?from=1",
                             "/exceptions", "/exceptions/0af3", "/compare?a=1&b=2", "/sign-in"}) {
    const auto answer = page_response(kAssets, {.target = target});
    ASSERT_TRUE(answer) << target;
    EXPECT_EQ(answer->status, 200U) << target;
    EXPECT_EQ(answer->body, kText);
    EXPECT_EQ(header(*answer, "Cache-Control"), "no-cache");
    EXPECT_TRUE(header(*answer, "Content-Security-Policy").starts_with("default-src 'none'"));
  }
}

TEST(Pages, OtherPathsAreOnlyForThoseWhoReadHtml) {
  constexpr std::string_view kBrowser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
  for (const char* target : {"/nothing", "/clusters", "/clusters/", "/clusters/1/2", "/assets/gone.js"}) {
    EXPECT_EQ(status_of(target), 0U) << target;
    EXPECT_EQ(status_of(target, "*/*"), 0U) << target;
    EXPECT_EQ(status_of(target, "application/json, text/html;q=0.5"), 0U) << target;
    EXPECT_EQ(status_of(target, "text/html;q=0"), 0U) << target;
    EXPECT_EQ(status_of(target, kBrowser), 404U) << target;
  }
  EXPECT_EQ(status_of("/api/v2/clusters", kBrowser), 0U);
}

TEST(Pages, HashedFilesStayForEver) {
  const auto answer =
      page_response(kAssets, {.target = "/assets/app-1a2b.js", .accept_encoding = "br, gzip;q=0.8"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(header(*answer, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header(*answer, "Content-Encoding"), "gzip");
  EXPECT_EQ(answer->fixed.size(), kBytes.size());
}

TEST(Pages, EncodingsThatAreRefused) {
  for (const char* encodings : {"", "identity", "gzip;q=0", "gzip; q=0.000", "*;q=0", "gzip;q=0, *"}) {
    EXPECT_EQ(page_response(kAssets, {.target = "/", .accept_encoding = encodings})->body, kText)
        << encodings;
  }
  for (const char* encodings : {"gzip", "GZIP", "*", "deflate , gzip ; q=0.1"}) {
    EXPECT_EQ(page_response(kAssets, {.target = "/", .accept_encoding = encodings})->body, "") << encodings;
  }
}

TEST(Pages, WhatTheBrowserHasIsNotSentAgain) {
  const auto status = [](std::string_view tags) {
    return page_response(kAssets, {.target = "/", .if_none_match = tags})->status;
  };
  EXPECT_EQ(status("W/\"html\""), 304U);
  EXPECT_EQ(status("\"other\", \"html\""), 304U);
  EXPECT_EQ(status("*"), 304U);
  EXPECT_EQ(status("W/\"js\""), 200U);
}

TEST(Pages, NobodyWritesThem) {
  EXPECT_EQ(page_response(kAssets, {.reads = false, .target = "/"})->allow, "GET, HEAD");
  EXPECT_FALSE(page_response(kAssets, {.reads = false, .target = "/nothing", .accept = "text/html"}));
}

TEST(Pages, AHubWithoutThemSaysSo) {
  EXPECT_NE(page_response({}, {.target = "/clusters/1"})->body.find("no_pages"), std::string::npos);
  EXPECT_FALSE(page_response({}, {.target = "/nothing", .accept = "text/html"}));
}

TEST(Pages, ADamagedFileIsNoCrash) {
  auto cut = kAssets;
  cut[1].gzip = cut[1].gzip.first(kBytes.size() / 2);
  EXPECT_EQ(page_response(cut, {.target = "/"})->status, 500U);
}

}  // namespace
}  // namespace pilothouse::hub
