#include "store/group_names.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pilothouse::store {
namespace {

// Keys with the groups that distributed gives them.
TEST(GroupNames, HoldTheOneThatDaskChooses) {
  for (const auto& [key, group] : std::vector<std::pair<std::string, std::string>>{
           {"inc-0a1b2c3d4e5f60718293a4b5c6d7e8f9", "inc"},
           {"inc", "inc"},
           {"read-csv-inc-0a1b2c3d", "read-csv-inc"},
           {"('sum-partial-3fd393e5542d1c22', 0, 3)", "sum-partial-3fd393e5542d1c22"},
           {"(\"it's-1a\", 0)", "it's-1a"},
           {"x", "x"},
           {"x_1", "x"},
           {"_x-1", "x"},
           {"0a1b2c3d4e5f60718293a4b5c6d7e8f9", "data"},
           {"<module.submodule.myclass object at 0xdaf372>", "myclass"},
           {"('x', 1)", "x"}}) {
    const auto names = possible_group_names(key);
    EXPECT_NE(std::find(names.begin(), names.end(), group), names.end()) << key;
  }
}

TEST(GroupNames, AreFewAndUnique) {
  for (const std::string& key : {std::string(), std::string("'"), std::string("<"), std::string(5000, '-')}) {
    auto names = possible_group_names(key);
    EXPECT_LE(names.size(), 70U);
    EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
  }
}

}  // namespace
}  // namespace pilothouse::store
