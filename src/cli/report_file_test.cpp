#include "cli/report_file.h"

#include <gtest/gtest.h>

#include "cli/gzip.h"

namespace pilothouse::cli {
namespace {

constexpr const char* kPage = "<body><!--data--></body>";

TEST(ReportFile, HoldsDataWhereThePageWantsThem) {
  ReportFile file = ReportFile::begin(kPage, 10'000).value();
  EXPECT_TRUE(file.add("piece-0", "</script>"));
  const std::size_t size = file.size();
  const std::string whole = std::move(file).finish({{"hub", "</script>"}}).value();
  EXPECT_EQ(whole,
            "<body><script id=\"piece-0\" type=\"application/octet-stream\">" + base64(gzip("</script>")) +
                "</script>\n<script id=\"report\" type=\"application/json\">{\"hub\":\"\\u003c/script>\"}"
                "</script>\n</body>");
  EXPECT_GT(whole.size(), size);
}

TEST(ReportFile, WhatHasNoRoomIsNotAdded) {
  ReportFile file = ReportFile::begin(kPage, 300).value();
  EXPECT_TRUE(file.add("a", "x"));
  const std::size_t size = file.size();
  EXPECT_FALSE(file.add("b", "x", 200));
  EXPECT_EQ(file.size(), size);
  EXPECT_TRUE(file.add("b", "x"));
  EXPECT_LE(file.size(), 300U);
  const auto whole = std::move(file).finish({{"much", std::string(300, 'x')}});
  EXPECT_EQ(whole.error().code, base::Errc::kTooLarge);
}

TEST(ReportFile, APageWithoutAPlaceIsRefused) {
  EXPECT_EQ(ReportFile::begin("<body></body>", 300).error().code, base::Errc::kInternal);
}

TEST(Gzip, GivesBackWhatItTook) {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * i % 251);
  const std::string packed = gzip(bytes);
  EXPECT_LT(packed.size(), bytes.size());
  const std::span<const unsigned char> view(reinterpret_cast<const unsigned char*>(packed.data()),
                                            packed.size());
  EXPECT_EQ(gunzip(view, bytes.size()), bytes);
  EXPECT_LT(gunzip(view.first(packed.size() / 2), bytes.size()).size(), bytes.size());
  EXPECT_EQ(base64("Man"), "TWFu");
  EXPECT_EQ(base64("M"), "TQ==");
}

}  // namespace
}  // namespace pilothouse::cli
