#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/temporary_directory.h"
#include "store/sqlite/sqlite_store.h"
#include "store/token.h"

namespace pilothouse::store::sqlite {
namespace {

using base::Errc;

constexpr base::Micros kNow = 1'769'904'000'000'000;
constexpr base::Micros kHour = 3600 * base::kMicrosPerSecond;

class DoorsTest : public testing::Test {
 protected:
  DoorsTest() {
    store_ = SqliteStore::open_writer(directory_.path()).value();
    workspace_ = store_->create_workspace({"default", hash_token("boss"), "boss"}, local_, kNow)->id;
  }

  base::Result<Caller> authorize(const std::string& text, base::Micros now = kNow) {
    return store_->authorize(hash_token(text), now);
  }

  Token make_token(const std::string& user, const std::string& text, Scopes scopes,
                   std::optional<base::Micros> lifetime = {}) {
    return store_->create_token(workspace_, {user, "label", scopes, lifetime, hash_token(text)}, local_, kNow)
        .value();
  }

  void add_member(const std::string& name) {
    store_->add_user(workspace_, name, Role::kMember, local_, kNow).value();
  }

  std::vector<AuditRow> audit() {
    Query query;
    query.workspace = workspace_;
    query.limit = 1000;
    return store_->audit(query)->items;
  }

  std::int64_t open_cluster(std::optional<std::int64_t> user) {
    Upload upload{base::SessionId::random(), workspace_, kNow, {}};
    model::SessionRecord record;
    record.start_us = kNow;
    upload.chunks.push_back({1, record});
    upload.user = user;
    const std::array<Upload, 1> uploads{upload};
    return store_->store(uploads).front()->cluster;
  }

  const Author local_{"local:tester", std::nullopt, true};
  base::TemporaryDirectory directory_;
  std::unique_ptr<SqliteStore> store_;
  std::int64_t workspace_ = 0;
};

TEST_F(DoorsTest, ATokenSaysWhoIsAsking) {
  add_member("ada");
  const Token made = make_token("ada", "text", Scope::kRead | Scope::kIngest, kHour);
  const auto caller = authorize("text");
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->workspace.id, workspace_);
  EXPECT_EQ(caller->token, made.id);
  EXPECT_EQ(caller->token_name, "label");
  EXPECT_EQ(caller->user_name, "ada");
  EXPECT_EQ(caller->role, Role::kMember);
  EXPECT_EQ(caller->scopes, Scope::kRead | Scope::kIngest);
  EXPECT_EQ(caller->expires_us, kNow + kHour);
  EXPECT_EQ(authorize("boss")->role, Role::kOwner);
  EXPECT_EQ(authorize("boss")->scopes, Scopes::all());
}

TEST_F(DoorsTest, WhatOpensNothingGetsOneAnswer) {
  add_member("ada");
  make_token("ada", "of-ada", Scopes::all());
  const Token revoked = make_token("boss", "revoked", Scopes::all());
  store_->revoke_token(workspace_, revoked.id, local_, kNow).value();
  store_->change_user(workspace_, "ada", {.disabled = true, .role = {}}, local_, kNow).value();
  for (const char* text : {"", "unknown", "of-ada", "revoked"}) {
    const auto refused = authorize(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, Errc::kUnauthorized);
    EXPECT_EQ(refused.error().message, "a valid token is required") << text;
  }
  store_->change_user(workspace_, "ada", {.disabled = false, .role = {}}, local_, kNow).value();
  EXPECT_TRUE(authorize("of-ada"));
}

TEST_F(DoorsTest, AnExpiredTokenIsToldSoUnlessItOpensNothingAnyway) {
  add_member("ada");
  const Token token = make_token("ada", "short", Scopes::all(), kHour);
  EXPECT_TRUE(authorize("short", kNow + kHour - 1));
  EXPECT_EQ(authorize("short", kNow + kHour).error().message, "the token has expired");
  store_->revoke_token(workspace_, token.id, local_, kNow).value();
  EXPECT_EQ(authorize("short", kNow + kHour).error().message, "a valid token is required");
}

TEST_F(DoorsTest, WhatIsRevokedStaysSoWhenTheClockIsSetBack) {
  const Token token = make_token("boss", "text", Scopes::all());
  store_->revoke_token(workspace_, token.id, local_, kNow).value();
  EXPECT_FALSE(authorize("text", kNow - kHour));
  store_->change_user(workspace_, "boss", {.disabled = {}, .role = {}}, local_, kNow).value();
  EXPECT_EQ(store_->revoke_token(workspace_, token.id, local_, kNow + 5)->revoked_us, kNow);
}

TEST_F(DoorsTest, RotationKeepsEverythingButTheText) {
  add_member("ada");
  const Token old = make_token("ada", "old", Scope::kControl, 10 * kHour);
  const auto made = store_->rotate_token(workspace_, old.id, hash_token("new"), kHour, local_, kNow + kHour);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->user, "ada");
  EXPECT_EQ(made->name, "label");
  EXPECT_EQ(made->scopes, Scopes(Scope::kControl));
  EXPECT_EQ(made->expires_us, kNow + 11 * kHour);
  EXPECT_TRUE(authorize("new", kNow + kHour));
  EXPECT_TRUE(authorize("old", kNow + 2 * kHour - 1));
  EXPECT_FALSE(authorize("old", kNow + 2 * kHour));
  EXPECT_EQ(store_->rotate_token(workspace_, old.id, hash_token("x"), 0, local_, kNow).error().code,
            Errc::kConflict);

  ASSERT_TRUE(store_->rotate_token(workspace_, made->id, hash_token("newer"), 0, local_, kNow));
  EXPECT_FALSE(authorize("new"));
  EXPECT_TRUE(authorize("newer"));
}

TEST_F(DoorsTest, AGraceNeverLengthensAToken) {
  const Token old = make_token("boss", "old", Scopes::all(), kHour);
  store_->rotate_token(workspace_, old.id, hash_token("new"), 5 * kHour, local_, kNow).value();
  EXPECT_TRUE(authorize("old", kNow + kHour - 1));
  EXPECT_FALSE(authorize("old", kNow + kHour));
}

TEST_F(DoorsTest, OnlyWhoChangesOwnersDoes) {
  const Author member{"ada", 1, false};
  const Token owners = make_token("boss", "text", Scopes::all());
  const auto forbidden = [](const auto& result) {
    return !result && result.error().code == Errc::kForbidden;
  };
  EXPECT_TRUE(forbidden(store_->add_user(workspace_, "x", Role::kOwner, member, kNow)));
  ASSERT_TRUE(store_->add_user(workspace_, "x", Role::kMember, member, kNow));
  EXPECT_TRUE(
      forbidden(store_->change_user(workspace_, "x", {.disabled = {}, .role = Role::kOwner}, member, kNow)));
  EXPECT_TRUE(
      forbidden(store_->change_user(workspace_, "boss", {.disabled = true, .role = {}}, member, kNow)));
  EXPECT_TRUE(
      forbidden(store_->create_token(workspace_, {"boss", "t", Scope::kRead, {}, "h"}, member, kNow)));
  EXPECT_TRUE(forbidden(store_->rotate_token(workspace_, owners.id, "h", 0, member, kNow)));
  EXPECT_TRUE(forbidden(store_->revoke_token(workspace_, owners.id, member, kNow)));
  ASSERT_TRUE(store_->create_token(workspace_, {"x", "t", Scope::kRead, {}, "h"}, member, kNow));
  ASSERT_TRUE(store_->change_user(workspace_, "x", {.disabled = true, .role = {}}, member, kNow));
}

TEST_F(DoorsTest, AnOwnerIsLeft) {
  const auto conflict = [](const auto& result) { return !result && result.error().code == Errc::kConflict; };
  EXPECT_TRUE(
      conflict(store_->change_user(workspace_, "boss", {.disabled = true, .role = {}}, local_, kNow)));
  EXPECT_TRUE(conflict(
      store_->change_user(workspace_, "boss", {.disabled = {}, .role = Role::kMember}, local_, kNow)));
  store_->add_user(workspace_, "second", Role::kOwner, local_, kNow).value();
  ASSERT_TRUE(store_->change_user(workspace_, "boss", {.disabled = true, .role = {}}, local_, kNow));
  EXPECT_TRUE(conflict(
      store_->change_user(workspace_, "second", {.disabled = {}, .role = Role::kMember}, local_, kNow)));
}

TEST_F(DoorsTest, NamesAndOtherWorkspaces) {
  for (const std::string& name : {std::string(), std::string("a b"), std::string("-a"), std::string(".."),
                                  std::string(65, 'a'), std::string("\xc3\xa4")}) {
    EXPECT_EQ(store_->add_user(workspace_, name, Role::kMember, local_, kNow).error().code,
              Errc::kInvalidArgument)
        << name;
  }
  add_member("ada");
  EXPECT_EQ(store_->add_user(workspace_, "ada", Role::kMember, local_, kNow).error().code, Errc::kConflict);

  const Token token = make_token("ada", "text", Scopes::all());
  const auto other = store_->create_workspace({"other", hash_token("o")}, local_, kNow)->id;
  ASSERT_TRUE(store_->add_user(other, "ada", Role::kMember, local_, kNow));
  EXPECT_EQ(store_->revoke_token(other, token.id, local_, kNow).error().code, Errc::kNotFound);
  EXPECT_EQ(store_->rotate_token(other, token.id, "h", 0, local_, kNow).error().code, Errc::kNotFound);
  EXPECT_EQ(store_->change_user(other, "boss", {.disabled = true, .role = {}}, local_, kNow).error().code,
            Errc::kNotFound);
  Query query;
  query.workspace = other;
  EXPECT_EQ(store_->users(query)->items.size(), 2U);
  EXPECT_EQ(store_->tokens(query)->items.size(), 1U);
  EXPECT_EQ(store_->audit(query)->items.size(), 4U);
}

TEST_F(DoorsTest, AMemberStopsWhatHeRecorded) {
  add_member("ada");
  make_token("ada", "ada", Scope::kControl | Scope::kRead);
  make_token("ada", "ada-admin", Scope::kAdmin);
  const Caller ada = *authorize("ada");
  const std::int64_t own = open_cluster(ada.user);
  const std::int64_t of_boss = open_cluster(authorize("boss")->user);
  const std::int64_t of_before = open_cluster(std::nullopt);
  EXPECT_TRUE(store_->request_state(ada, own, "stopped", kNow));
  for (const std::int64_t cluster : {of_boss, of_before}) {
    EXPECT_EQ(store_->request_state(ada, cluster, "stopped", kNow).error().code, Errc::kForbidden);
    EXPECT_FALSE(store_->cluster(workspace_, cluster, {kNow, kHour})->cluster.desired_state);
    EXPECT_TRUE(store_->request_state(*authorize("ada-admin"), cluster, "stopped", kNow));
    EXPECT_TRUE(store_->request_state(*authorize("boss"), cluster, "stopped", kNow));
  }
  EXPECT_EQ(store_->request_state(ada, 999, "stopped", kNow).error().code, Errc::kNotFound);
}

TEST_F(DoorsTest, EveryChangeLeavesARow) {
  add_member("ada");
  const Token token = make_token("ada", "secret-text", Scope::kRead, kHour);
  store_->change_retention("default", {.keep_spans_us = kHour}, local_, kNow).value();
  store_->change_user(workspace_, "ada", {.disabled = {}, .role = Role::kOwner}, local_, kNow).value();
  store_->change_user(workspace_, "ada", {.disabled = true, .role = {}}, local_, kNow).value();
  store_->change_user(workspace_, "ada", {.disabled = true, .role = {}}, local_, kNow).value();  // no row
  store_->change_user(workspace_, "ada", {.disabled = false, .role = {}}, local_, kNow).value();
  store_->rotate_token(workspace_, token.id, hash_token("x"), kHour, local_, kNow).value();
  store_->revoke_token(workspace_, token.id, local_, kNow).value();
  store_->revoke_token(workspace_, token.id, local_, kNow).value();  // no row
  std::string actions;
  for (const AuditRow& row : audit()) {
    actions += row.action + " ";
    EXPECT_EQ(row.actor, "local:tester");
    EXPECT_EQ(row.outcome, "done");
    EXPECT_EQ(row.detail.find("secret-text"), std::string::npos);
  }
  EXPECT_EQ(
      actions,
      "token.revoke token.rotate user.enable user.disable user.role workspace.set token.create user.add "
      "token.create user.add workspace.create ");
}

TEST_F(DoorsTest, RowsAreBoundedAndFound) {
  const std::string shade = std::string(5000, 'a') + "\xc3\xa4";
  store_->note_audit(workspace_, {0, kNow + 1, shade, 7, shade, shade, shade, shade}).value();
  const AuditRow row = audit().front();
  for (const std::string* text : {&row.actor, &row.action, &row.subject, &row.outcome, &row.detail}) {
    EXPECT_EQ(text->size(), kMaxAuditText);
  }
  EXPECT_EQ(row.token, 7);
  Query query;
  query.workspace = workspace_;
  query.text = "USER boss";
  EXPECT_EQ(store_->audit(query)->items.size(), 1U);
  query.text = "nobody";
  EXPECT_EQ(store_->audit(query)->items.size(), 0U);
  query.text.reset();
  query.since = kNow + 1;
  EXPECT_EQ(store_->audit(query)->items.size(), 1U);
  query.since.reset();
  query.until = kNow + 1;
  query.limit = 1;
  int rows = 0;
  for (Page<AuditRow> page = *store_->audit(query); !page.items.empty(); page = *store_->audit(query)) {
    ++rows;
    if (!page.next) break;
    query.cursor = page.next;
  }
  EXPECT_EQ(rows, 3);
}

TEST_F(DoorsTest, TheLastUseNeverGoesBack) {
  const std::array first{TokenUse{1, kNow + 5}};
  const std::array older{TokenUse{1, kNow}, TokenUse{999, kNow}};
  store_->note_uses(first).value();
  store_->note_uses(older).value();
  Query query;
  query.workspace = workspace_;
  EXPECT_EQ(store_->tokens(query)->items.front().last_used_us, kNow + 5);
}

}  // namespace
}  // namespace pilothouse::store::sqlite
