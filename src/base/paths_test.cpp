#include "base/paths.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace pilothouse::base {
namespace {

TEST(Paths, FollowXdg) {
  setenv("HOME", "/home/ada", 1);
  unsetenv("XDG_STATE_HOME");
  EXPECT_EQ(default_state_dir(), "/home/ada/.local/state/pilothouse");
  setenv("XDG_STATE_HOME", "relative", 1);
  EXPECT_EQ(default_state_dir(), "/home/ada/.local/state/pilothouse");
  setenv("XDG_STATE_HOME", "/state", 1);
  EXPECT_EQ(default_state_dir(), "/state/pilothouse");
}

}  // namespace
}  // namespace pilothouse::base
