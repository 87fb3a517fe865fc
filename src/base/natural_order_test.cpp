#include "base/natural_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace pilothouse::base {
namespace {

TEST(NaturalOrder, NumbersCountAsNumbers) {
  const std::vector<std::string> ordered{"",
                                         "0",
                                         "1",
                                         "2",
                                         "10",
                                         "tcp://10.0.0.2:9",
                                         "tcp://10.0.0.2:10",
                                         "tcp://10.0.0.12:1",
                                         "w",
                                         "w-02",
                                         "w-2",
                                         "w-2a",
                                         "w-10",
                                         "w-99999999999999999999999",
                                         "w-100000000000000000000000",
                                         "w2",
                                         "\xc3\xa9"};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t k = 0; k < ordered.size(); ++k) {
      const int order = natural_compare(ordered[i], ordered[k]);
      EXPECT_EQ(order < 0, i < k) << ordered[i] << ' ' << ordered[k];
      EXPECT_EQ(order == 0, i == k) << ordered[i] << ' ' << ordered[k];
    }
  }
}

TEST(NaturalOrder, IsAnOrderOfAnyTexts) {
  std::mt19937 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same texts every time
  std::vector<std::string> texts;
  for (int i = 0; i < 200; ++i) {
    std::string& text = texts.emplace_back();
    for (auto left = random() % 5; left > 0; --left) text += "01a-"[random() % 4];
  }
  std::sort(texts.begin(), texts.end(),
            [](const auto& a, const auto& b) { return natural_compare(a, b) < 0; });
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t k = i + 1; k < texts.size(); ++k) {
      EXPECT_LE(natural_compare(texts[i], texts[k]), 0) << texts[i] << ' ' << texts[k];
    }
  }
}

}  // namespace
}  // namespace pilothouse::base
