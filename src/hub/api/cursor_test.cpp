#include "hub/api/cursor.h"

#include <gtest/gtest.h>

namespace pilothouse::hub {
namespace {

TEST(Cursor, ComesBackAsItWent) {
  for (const store::Cursor cursor :
       {store::Cursor{0, 0}, {1'769'904'000'000'000, 7}, {INT64_MAX, INT64_MAX}}) {
    EXPECT_EQ(decode_cursor("clusters", encode_cursor("clusters", cursor)), cursor);
  }
}

TEST(Cursor, IsRefusedWhenItIsNone) {
  const std::string good = encode_cursor("clusters", {35, 36});
  EXPECT_EQ(good, "clusters.z.10");
  for (const char* text : {"", ".", "clusters", "clusters.", "clusters..", "clusters.1", "clusters.1.",
                           "clusters..1", "clusters.-1.1", "clusters.1.-1", "clusters.1.1.1", "clusters.1.1 ",
                           "clustersx1.1", "events.1.1", "clusters.zzzzzzzzzzzzzzzz.1", "clusters.1.+1"}) {
    EXPECT_EQ(decode_cursor("clusters", text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace pilothouse::hub
