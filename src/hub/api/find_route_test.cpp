#include <gtest/gtest.h>

#include "hub/api/routes.h"

namespace pilothouse::hub {
namespace {

unsigned status_of(Method method, std::string_view target) {
  const auto found = find_route(method, target);
  const Response* refusal = std::get_if<Response>(&found);
  return refusal == nullptr ? 200 : refusal->status;
}

TEST(FindRoute, TakesTargetsApart) {
  const auto found = find_route(Method::kGet, "/api/v1/clusters/17/events?topic=a%20b%26c&limit=5");
  const Target& target = std::get<Target>(found);
  EXPECT_EQ(target.route->pattern, "/api/v1/clusters/{cluster}/events");
  EXPECT_EQ(capture(target, "cluster"), "17");
  ASSERT_EQ(target.parameters.size(), 2U);
  EXPECT_EQ(target.parameters[0].second, "a b&c");
}

TEST(FindRoute, RefusesTheRest) {
  EXPECT_EQ(status_of(Method::kGet, "/healthz"), 200U);
  EXPECT_EQ(status_of(Method::kGet, "/"), 404U);
  EXPECT_EQ(status_of(Method::kGet, "/api/v1/clusters/"), 404U);
  EXPECT_EQ(status_of(Method::kGet, "/api/v1/clusters/1/2/3"), 404U);
  EXPECT_EQ(status_of(Method::kPost, "/healthz"), 405U);
  EXPECT_EQ(status_of(Method::kOther, "/api/v1/clusters"), 405U);
  EXPECT_EQ(status_of(Method::kGet, "/healthz?x=1"), 400U);
  EXPECT_EQ(status_of(Method::kGet, "/api/v1/clusters?limit=1&limit=1"), 400U);
  EXPECT_EQ(status_of(Method::kGet, "/api/v1/clusters?%ff=1"), 400U);
  EXPECT_EQ(status_of(Method::kGet, "/api/v1/clusters?user=%ff"), 400U);
  EXPECT_EQ(status_of(Method::kGet, "http://hub/healthz"), 400U);
  EXPECT_EQ(status_of(Method::kGet, "*"), 400U);
  EXPECT_EQ(status_of(Method::kGet, ""), 400U);
}

}  // namespace
}  // namespace pilothouse::hub
