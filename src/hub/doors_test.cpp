#include "hub/doors.h"

#include <gtest/gtest.h>

namespace pilothouse::hub {
namespace {

using boost::asio::ip::make_address;

TEST(Doors, AddressesAreKeys) {
  const auto key = [](const char* text) { return peer_key(make_address(text)); };
  EXPECT_EQ(key("10.0.0.9"), key("::ffff:10.0.0.9"));
  EXPECT_NE(key("10.0.0.9"), key("10.0.0.8"));
  EXPECT_EQ(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
  EXPECT_NE(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
  EXPECT_NE(key("::"), key("0.0.0.0"));
}

TEST(Doors, AScopeThatIsMissingIsNamed) {
  const auto body = [](store::Scopes needed) { return scope_refusal(needed).body; };
  EXPECT_NE(body(store::Scope::kRead).find("the scope read or admin"), std::string::npos);
  EXPECT_NE(body(store::Scope::kRead | store::Scope::kIngest).find("ingest, read or admin"),
            std::string::npos);
  EXPECT_NE(body(store::Scope::kAdmin).find("the scope admin\""), std::string::npos);
}

TEST(Doors, UsesAreRememberedOnce) {
  Doors doors({});
  EXPECT_FALSE(doors.enter("hash-one", 1, 10));
  EXPECT_FALSE(doors.enter("hash-one", 1, 20));
  EXPECT_FALSE(doors.enter("hash-two", 2, 30));
  const DoorNotes notes = doors.take_notes(40);
  ASSERT_EQ(notes.uses.size(), 2U);
  for (const store::TokenUse& use : notes.uses) EXPECT_EQ(use.used_us, use.token == 1 ? 20 : 30);
  EXPECT_TRUE(doors.take_notes(50).empty());
}

TEST(Doors, OnlyTheTokenThatAsksTooOftenWaits) {
  Doors doors({.per_token = 1, .without_token = 1});
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(doors.enter("hash-one", 1, 10));
  const auto refusal = doors.enter("hash-one", 1, 10);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 429U);
  EXPECT_EQ(refusal->retry_after, 1);
  EXPECT_TRUE(doors.too_often("hash-one"));
  EXPECT_FALSE(doors.too_often("hash-two"));
  EXPECT_FALSE(doors.enter("hash-two", 2, 10));

  const Response wrong = error_response(401, "unauthorized", "no");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(doors.turn_away(1, wrong).status, 401U);
  EXPECT_EQ(doors.turn_away(1, wrong).status, 429U);
  EXPECT_EQ(doors.turn_away(2, wrong).status, 401U);
}

TEST(Doors, RefusalsBeyondAFewAreCounted) {
  Doors doors({});
  Target target;
  const Route route{
      .method = Method::kPost, .pattern = {}, .runs = Runs::kWriter, .scopes = {}, .action = "user.add"};
  target.route = &route;
  target.captures.emplace_back("user", "a\xff");
  store::Caller caller;
  caller.token = 7;
  caller.workspace.id = 3;
  caller.user_name = "ada";
  const Response forbidden = error_response(403, "forbidden", "no");
  EXPECT_FALSE(doors.refused(caller, target, Response{}, 1));
  EXPECT_FALSE(doors.refused(caller, target, error_response(400, "malformed", "no"), 1));
  const auto first = doors.refused(caller, target, forbidden, 1);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->action, "user.add");
  EXPECT_EQ(first->subject, "user ?");
  EXPECT_EQ(first->outcome, "forbidden");
  int rows = 1;
  for (int i = 0; i < 100; ++i) rows += doors.refused(caller, target, forbidden, 1) ? 1 : 0;
  EXPECT_LE(rows, 21);
  const DoorNotes notes = doors.take_notes(9);
  ASSERT_EQ(notes.refusals.size(), 1U);
  EXPECT_EQ(notes.refusals.front().first, 3);
  EXPECT_EQ(notes.refusals.front().second.subject, std::to_string(101 - rows) + " more");
  EXPECT_TRUE(doors.take_notes(9).empty());
}

}  // namespace
}  // namespace pilothouse::hub
