#include "trust/signatures/revocation.h"

#include "trust/signatures/test_bundles.h"

namespace pilothouse::trust {
namespace {

Revocation saying(std::string reason, std::optional<std::string> sha256 = {}) {
  Revocation revocation;
  revocation.sha256 = std::move(sha256);
  revocation.time_us = kMade;
  revocation.reason = std::move(reason);
  return revocation;
}

// Any statement, signed by `signer`.
std::string signed_statement(const std::string& text, const PrivateKey& signer) {
  std::string bytes =
      std::string(kRevocationMagic) + number(kRevocationVersion, 4) + number(text.size(), 4) + text;
  const Signature signature = signer.sign(bytes).value();
  return bytes.append(signature.begin(), signature.end());
}

Code refusal(std::string_view bytes) {
  const auto opened = Revocation::open(bytes);
  EXPECT_FALSE(opened);
  return opened ? Code::kRollback : opened.error().code;
}

TEST(Revocation, IsOpenedAsItWasSigned) {
  for (const auto& sha256 : {std::optional<std::string>(), std::optional(sha256_hex("bundle"))}) {
    const auto opened = Revocation::open(sign_revocation(saying("größe", sha256), key('a')).value());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->key, key('a').public_key());
    EXPECT_EQ(opened->sha256, sha256);
    EXPECT_EQ(opened->time_us, kMade);
    EXPECT_EQ(opened->reason, "größe");
  }
}

TEST(Revocation, WithAnyBitChangedIsRefused) {
  std::string bytes = sign_revocation(saying("lost"), key('a')).value();
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    const char mask = static_cast<char>(1U << (bit % 8));
    bytes[bit / 8] ^= mask;
    ASSERT_FALSE(Revocation::open(bytes)) << "bit " << bit;
    bytes[bit / 8] ^= mask;
  }
  EXPECT_TRUE(Revocation::open(bytes));
}

TEST(Revocation, CutOffOrFollowedIsRefused) {
  const std::string bytes = sign_revocation(saying("lost"), key('a')).value();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_EQ(refusal(std::string_view(bytes).substr(0, size)), Code::kMalformed) << size;
  }
  EXPECT_EQ(refusal(bytes + '\0'), Code::kMalformed);
  EXPECT_EQ(refusal(std::string(kRevocationHeader + kMaxStatement + kSignatureBytes + 1, 'x')),
            Code::kTooLarge);
}

TEST(Revocation, IsSignedByTheKeyThatItSpeaksOf) {
  const std::string bytes = sign_revocation(saying("lost"), key('a')).value();
  const std::string text =
      bytes.substr(kRevocationHeader, bytes.size() - kRevocationHeader - kSignatureBytes);
  EXPECT_TRUE(Revocation::open(signed_statement(text, key('a'))));
  EXPECT_EQ(refusal(signed_statement(text, key('b'))), Code::kBadSignature);
}

TEST(Revocation, HasItsMembersAndNoOthers) {
  const boost::json::object good{{"key", key('a').public_key().to_string()},
                                 {"sha256", sha256_hex("bundle")},
                                 {"time_us", kMade},
                                 {"reason", "lost"}};
  const auto code = [](const boost::json::object& object) {
    return refusal(signed_statement(boost::json::serialize(object), key('a')));
  };
  ASSERT_TRUE(Revocation::open(signed_statement(boost::json::serialize(good), key('a'))));
  for (const auto& member : good) {
    boost::json::object changed = good;
    for (const boost::json::value& wrong :
         {boost::json::value(nullptr), boost::json::value(-1), boost::json::value(1.5)}) {
      changed[member.key()] = wrong;
      EXPECT_EQ(code(changed), Code::kMalformed) << member.key();
    }
    changed.erase(member.key());
    if (member.key() != "sha256") {
      EXPECT_EQ(code(changed), Code::kMalformed) << member.key();
    }
    const std::string text = boost::json::serialize(good);
    const std::string again = boost::json::serialize(boost::json::object{{member.key(), member.value()}});
    EXPECT_EQ(refusal(signed_statement(again.substr(0, again.size() - 1) + "," + text.substr(1), key('a'))),
              Code::kMalformed)
        << member.key();
  }
  boost::json::object more = good;
  more["until"] = 1;
  EXPECT_EQ(code(more), Code::kMalformed);
  more = good;
  more["reason"] = boost::json::string(kMaxReason + 1, 'x');
  EXPECT_EQ(code(more), Code::kMalformed);
  EXPECT_EQ(refusal(signed_statement("[]", key('a'))), Code::kMalformed);
}

TEST(Revocation, IsNotSignedWhenItWouldBeRefused) {
  Revocation early = saying("lost");
  early.time_us = -1;
  for (const Revocation& wrong :
       {early, saying(std::string(kMaxReason + 1, 'x')), saying("\xff"),
        saying(std::string(kMaxReason, '\1')), saying("lost", "abc"), saying("lost", std::string(64, 'A'))}) {
    const auto bytes = sign_revocation(wrong, key('a'));
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().code, base::Errc::kInvalidArgument);
  }
  EXPECT_TRUE(Revocation::open(sign_revocation(saying(std::string(kMaxReason, 'x')), key('a')).value()));
}

}  // namespace
}  // namespace pilothouse::trust
