#include "store/text_search.h"

#include <gtest/gtest.h>

namespace pilothouse::store {
namespace {

TEST(TextSearch, IgnoresCase) {
  EXPECT_TRUE(TextSearch("Inc").found_in("an INCREMENT"));
  EXPECT_TRUE(TextSearch("").found_in(""));
  EXPECT_FALSE(TextSearch("inc").found_in("in c"));
  EXPECT_FALSE(TextSearch("inc").found_in("in"));
  EXPECT_TRUE(TextSearch("inc").found_in("größe inc"));
}

TEST(TextSearch, IgnoresCaseInAllScripts) {
  EXPECT_TRUE(TextSearch("GRÖSSE").found_in("die grösse"));
  EXPECT_TRUE(TextSearch("москва").found_in("МОСКВА"));
  EXPECT_TRUE(
      TextSearch("k").found_in("\xe2\x84\xaa"));  // the Kelvin sign's lower case is shorter than itself
  EXPECT_TRUE(TextSearch("🚀").found_in("to the 🚀"));
  EXPECT_FALSE(TextSearch("ö").found_in("o"));
}

}  // namespace
}  // namespace pilothouse::store
