#include "trust/signatures/key.h"

#include "trust/signatures/test_bundles.h"

namespace pilothouse::trust {
namespace {

PublicKey public_key(std::string_view digits) { return {array_from_hex<kKeyBytes>(digits)}; }

struct Vector {
  std::string_view seed, key, message, signature;
};

// RFC 8032, section 7.1: TEST 1 to 3 and TEST SHA(abc).
constexpr std::array kVectors{
    Vector{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
           "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
           "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
           "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    Vector{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
           "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
           "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
           "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    Vector{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
           "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
           "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
           "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    Vector{"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
           "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
           "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
           "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
           "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
           "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"},
};

TEST(Key, SignsAndVerifiesAsTheRfcSays) {
  for (const Vector& vector : kVectors) {
    const PrivateKey key = key_of_seed(from_hex(vector.seed));
    const std::string message = from_hex(vector.message);
    const auto signature = array_from_hex<kSignatureBytes>(vector.signature);
    EXPECT_EQ(key.public_key(), public_key(vector.key));
    EXPECT_EQ(key.sign(message).value(), signature);
    EXPECT_TRUE(public_key(vector.key).verifies(message, signature));
    EXPECT_FALSE(public_key(vector.key).verifies(message + "x", signature));
  }
}

TEST(Key, IsItsOwnText) {
  const PublicKey key = public_key(kVectors[0].key);
  const std::string id = key.to_string();
  EXPECT_EQ(id, "ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
  EXPECT_EQ(PublicKey::parse(id).value(), key);
}

TEST(Key, HasNoOtherText) {
  const std::string id = public_key(kVectors[0].key).to_string();
  std::string odd = id;
  // The last character carries four bits of the key; these two bits more would be a second text.
  odd.back() = 'p';
  for (const std::string& text :
       {std::string(), id.substr(8), "ED25519:" + id.substr(8), id + "=", id + "A", id + "\n", " " + id,
        id.substr(0, id.size() - 1), odd, "ed25519:" + std::string(42, 'A') + "+",
        "ed25519:" + std::string(42, 'A') + "/", "ed25519:" + std::string(21, 'A') + std::string(22, '\0')}) {
    const auto key = PublicKey::parse(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().code, base::Errc::kInvalidArgument);
  }
}

// With each of these, S = 0 and R = the key or 1 would be a signature of many messages.
TEST(Key, OfSmallOrderIsRefused) {
  for (const std::string_view digits : {
           "0100000000000000000000000000000000000000000000000000000000000000",
           "0100000000000000000000000000000000000000000000000000000000000080",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
           "0000000000000000000000000000000000000000000000000000000000000000",
           "0000000000000000000000000000000000000000000000000000000000000080",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
       }) {
    const PublicKey key = public_key(digits);
    EXPECT_FALSE(key.is_sound()) << digits;
    EXPECT_FALSE(PublicKey::parse(key.to_string()));
    Signature forged{};
    forged[0] = 1;
    for (int message = 0; message < 16; ++message) {
      EXPECT_FALSE(key.verifies(std::to_string(message), forged));
    }
  }
}

TEST(Key, OffTheCurveOrNotReducedIsRefused) {
  for (const std::string_view digits :
       {"0200000000000000000000000000000000000000000000000000000000000000",  // no x for y = 2
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // p
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // p + 1
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // p + 3, and 3 has an x
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    EXPECT_FALSE(public_key(digits).is_sound()) << digits;
  }
  EXPECT_TRUE(public_key("0300000000000000000000000000000000000000000000000000000000000000").is_sound());
  EXPECT_TRUE(public_key("0300000000000000000000000000000000000000000000000000000000000080").is_sound());
}

TEST(Key, AcceptsNoSecondFormOfASignature) {
  const Vector& vector = kVectors[1];
  const std::string message = from_hex(vector.message);
  auto signature = array_from_hex<kSignatureBytes>(vector.signature);
  // The order of the group. S + L fits the equation as S does.
  const std::string order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += signature[32 + i] + static_cast<unsigned char>(order[i]);
    signature[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8U;
  }
  ASSERT_EQ(carry, 0U);
  EXPECT_FALSE(public_key(vector.key).verifies(message, signature));
}

}  // namespace
}  // namespace pilothouse::trust
