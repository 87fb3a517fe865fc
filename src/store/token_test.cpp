#include "store/token.h"

#include <gtest/gtest.h>

#include <set>

namespace pilothouse::store {
namespace {

TEST(Token, HasItsForm) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string token = new_token();
    EXPECT_EQ(token.size(), 46U);
    EXPECT_EQ(token.substr(0, 3), "ph_");
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    seen.insert(token);
  }
  EXPECT_EQ(seen.size(), 100U);
}

TEST(Token, HashIsSha256) {
  const std::string hash = hash_token("abc");
  EXPECT_EQ(hash.substr(0, 4), "\xba\x78\x16\xbf");
  EXPECT_TRUE(same_hash(hash, hash_token("abc")));
  EXPECT_FALSE(same_hash(hash, hash_token("abd")));
  EXPECT_FALSE(same_hash(hash, hash.substr(1)));
}

}  // namespace
}  // namespace pilothouse::store
