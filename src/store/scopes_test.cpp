#include "store/scopes.h"

#include <gtest/gtest.h>

#include <array>

namespace pilothouse::store {
namespace {

constexpr std::array kEach{Scope::kIngest, Scope::kRead, Scope::kControl, Scope::kPublish, Scope::kAdmin};

TEST(Scopes, EachOpensItselfAndAdminOpensAll) {
  for (const Scope held : kEach) {
    for (const Scope needed : kEach) {
      EXPECT_EQ(Scopes(held).open(needed), held == needed || held == Scope::kAdmin)
          << Scopes(held).text("") << " " << Scopes(needed).text("");
    }
  }
  EXPECT_TRUE(Scopes(Scope::kRead).open(Scope::kRead | Scope::kIngest));
  EXPECT_FALSE(Scopes(Scope::kControl).open(Scope::kRead | Scope::kIngest));
  EXPECT_FALSE(Scopes().open(Scopes::all()));
}

TEST(Scopes, TextsAndBitsGoBothWays) {
  for (std::int64_t bits = 1; bits < 32; ++bits) {
    const Scopes scopes = Scopes::from_bits(bits);
    EXPECT_EQ(scopes.bits(), bits);
    EXPECT_EQ(Scopes::parse_list(scopes.text(",")).value(), scopes);
  }
  EXPECT_EQ(Scopes::all().text(","), "ingest,read,control,publish,admin");
  EXPECT_EQ(Scopes::from_bits(32 + 2), Scopes(Scope::kRead));
  EXPECT_EQ(Scopes::from_bits(-1), Scopes::all());
}

TEST(Scopes, WhatIsNoneIsRefused) {
  for (const char* text : {"", ",", "read,", ",read", "read,,ingest", "Read", "read ", "write", "read,read",
                           "admin,read,admin", "\xff"}) {
    const auto scopes = Scopes::parse_list(text);
    ASSERT_FALSE(scopes) << text;
    EXPECT_EQ(scopes.error().code, base::Errc::kInvalidArgument);
  }
}

}  // namespace
}  // namespace pilothouse::store
