#include "net/hub_address.h"

#include <gtest/gtest.h>

namespace pilothouse::net {
namespace {

TEST(HubAddress, HasASchemeAndAPortOfItsOwn) {
  const auto plain = HubAddress::parse("http://hub").value();
  EXPECT_FALSE(plain.tls);
  EXPECT_EQ(plain.port, "80");
  EXPECT_EQ(plain.to_string(), "http://hub:80");
  const auto tls = HubAddress::parse("https://hub/prefix/").value();
  EXPECT_TRUE(tls.tls);
  EXPECT_EQ(tls.port, "443");
  EXPECT_EQ(tls.to_string(), "https://hub:443/prefix");
  EXPECT_EQ(HubAddress::parse("https://[::1]:8790").value().authority(), "[::1]:8790");
}

TEST(HubAddress, RefusesWhatIsNone) {
  for (const char* wrong :
       {"", "hub", "hub:1", "ftp://hub", "https:/hub", "HTTPS://hub", "https://", "https://:1",
        "https://hub:0", "https://hub:65536", "https://hub?x", "https://user@hub"}) {
    EXPECT_FALSE(HubAddress::parse(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace pilothouse::net
