// Public keys by which anybody can sign.
#include <gtest/gtest.h>
#include <openssl/bn.h>

#include "trust/signatures/private_key.h"

namespace pilothouse::trust {
namespace {

PublicKey key_of(const std::string& y, bool negative) {
  BIGNUM* number = nullptr;
  BN_hex2bn(&number, y.c_str());
  PublicKey key;
  BN_bn2lebinpad(number, key.bytes.data(), static_cast<int>(key.bytes.size()));
  BN_free(number);
  if (negative) key.bytes.back() |= 0x80;
  return key;
}

// tests/python/test_key_arithmetic.py has the points themselves, by the curve's own arithmetic.
TEST(SmallOrderKeys, AreNoKeys) {
  for (const char* y : {"0", "1", "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
                        "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
                        "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7"}) {
    for (const bool negative : {false, true}) {
      const PublicKey key = key_of(y, negative);
      EXPECT_FALSE(key.is_sound()) << y;
      EXPECT_FALSE(PublicKey::parse(key.to_string())) << y;
    }
  }
}

// The identity as key, and as the signature's point: the equation holds for every message.
TEST(SmallOrderKeys, VerifyNothing) {
  const PublicKey identity = key_of("1", false);
  Signature signature{};
  signature[0] = 1;
  EXPECT_FALSE(identity.verifies("whatever", signature));
}

TEST(SmallOrderKeys, LeaveRealOnesAlone) {
  for (int i = 0; i < 100; ++i) {
    const PublicKey key = PrivateKey::generate().value().public_key();
    EXPECT_TRUE(key.is_sound()) << key.to_string();
    EXPECT_EQ(PublicKey::parse(key.to_string()).value(), key);
  }
}

// 2^255 - 19 and what follows it: the same points once more.
TEST(SmallOrderKeys, AndOtherTextsOfOneKeyAreRefused) {
  for (const char* y : {"7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed",
                        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee",
                        "7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0",
                        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
    EXPECT_FALSE(key_of(y, false).is_sound()) << y;
    EXPECT_FALSE(key_of(y, true).is_sound()) << y;
  }
}

}  // namespace
}  // namespace pilothouse::trust
