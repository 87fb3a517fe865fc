#include "trust/signatures/key.h"

#include <openssl/bn.h>
#include <openssl/evp.h>

#include <memory>

namespace pilothouse::trust {
namespace {

constexpr std::string_view kScheme = "ed25519:";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kDigits = 43;  // 256 bits and two zeros

constexpr const char* kPrime = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
constexpr const char* kCurveD = "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";
struct Free {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, Free>;

Number from_hex(const char* digits) {
  BIGNUM* number = nullptr;
  BN_hex2bn(&number, digits);
  return Number(number);
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

base::Result<PublicKey> PublicKey::parse(std::string_view key_id) {
  const auto refuse = [](std::string_view why) {
    return base::error(base::Errc::kInvalidArgument, "not a key id: " + std::string(why));
  };
  if (!key_id.starts_with(kScheme)) return refuse("it does not begin with \"ed25519:\"");
  const std::string_view digits = key_id.substr(kScheme.size());
  if (digits.size() != kDigits) return refuse("there are not 43 characters behind \"ed25519:\"");
  PublicKey key;
  unsigned bits = 0;
  unsigned count = 0;
  std::size_t at = 0;
  for (const char digit : digits) {
    const std::size_t value = kAlphabet.find(digit);
    if (value == std::string_view::npos) return refuse("it has characters that are not URL-safe base64");
    bits = (bits << 6U | static_cast<unsigned>(value)) & 0xFFFFU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    key.bytes[at++] = static_cast<std::uint8_t>(bits >> count);
  }
  if ((bits & 3U) != 0) return refuse("its last character carries bits that are no part of a key");
  if (!key.is_sound()) return refuse("it is no point of the curve that could be somebody's key");
  return key;
}

std::string PublicKey::to_string() const {
  std::string text(kScheme);
  unsigned bits = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8U | byte) & 0xFFFFU;
    count += 8;
    while (count >= 6) {
      count -= 6;
      text += kAlphabet[bits >> count & 63U];
    }
  }
  text += kAlphabet[bits << (6 - count) & 63U];
  return text;
}

bool PublicKey::is_sound() const {
  std::array<std::uint8_t, kKeyBytes> masked = bytes;
  masked.back() &= 0x7F;  // the top bit is the sign of x
  const Number y(BN_lebin2bn(masked.data(), static_cast<int>(masked.size()), nullptr));
  const Number p = from_hex(kPrime);
  const Number d = from_hex(kCurveD);
  const Number yy(BN_new());
  const Number u(BN_new());
  const Number v(BN_new());
  const std::unique_ptr<BN_CTX, Free> context(BN_CTX_new());
  if (!y || !p || !d || !yy || !u || !v || !context) return false;

  if (BN_cmp(y.get(), p.get()) >= 0) return false;
  if (BN_is_zero(y.get()) != 0) return false;  // order 4

  // x*x = u / v with u = y*y - 1 and v = d*y*y + 1 has a solution when u*v is a square. Of orders 1 and 2,
  // where u is 0. Of order 8, when twice the point has y = 0, which is when x*x = -y*y: y*y * (v + 1) = 1.
  const bool computed = BN_mod_sqr(yy.get(), y.get(), p.get(), context.get()) == 1 &&
                        BN_mod_sub(u.get(), yy.get(), BN_value_one(), p.get(), context.get()) == 1 &&
                        BN_mod_mul(v.get(), yy.get(), d.get(), p.get(), context.get()) == 1 &&
                        BN_mod_add(v.get(), v.get(), BN_value_one(), p.get(), context.get()) == 1 &&
                        BN_mod_mul(u.get(), u.get(), v.get(), p.get(), context.get()) == 1 &&
                        BN_mod_add(v.get(), v.get(), BN_value_one(), p.get(), context.get()) == 1 &&
                        BN_mod_mul(v.get(), v.get(), yy.get(), p.get(), context.get()) == 1;
  return computed && BN_is_one(v.get()) == 0 && BN_kronecker(u.get(), p.get(), context.get()) == 1;
}

bool PublicKey::verifies(std::string_view message, const Signature& signature) const {
  if (!is_sound()) return false;
  const std::unique_ptr<EVP_PKEY, Free> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size()));
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  return key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes_of(message),
                          message.size()) == 1;
}

}  // namespace pilothouse::trust
