#include "store/token.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <stdexcept>

namespace pilothouse::store {

std::string new_token() {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr std::size_t kDigits = 43;
  std::array<unsigned char, 33> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    throw std::runtime_error("the system has no random numbers");
  }
  std::string token = "ph_";
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    const std::size_t bit = digit * 6;
    const unsigned pair = static_cast<unsigned>(random[bit / 8]) << 8 | random[bit / 8 + 1];
    token.push_back(kAlphabet[pair >> (10 - bit % 8) & 63U]);
  }
  return token;
}

std::string hash_token(std::string_view token) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

bool same_hash(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace pilothouse::store
