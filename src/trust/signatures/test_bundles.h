#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/temporary_directory.h"
#include "trust/signatures/bundle.h"

// For the tests of this directory: keys that are the same in every run, and bundles.
namespace pilothouse::trust {

inline constexpr base::Micros kMade = 1'700'000'000'000'000;
inline constexpr base::Micros kExpires = 1'800'000'000'000'000;

inline std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> array_from_hex(std::string_view digits) {
  std::array<std::uint8_t, Size> result{};
  std::ranges::copy(from_hex(digits), result.begin());
  return result;
}

// A private key with the seed `seed`, 32 bytes, in PKCS#8: what goes before the seed is always the same.
inline PrivateKey key_of_seed(std::string_view seed) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string der = from_hex("302e020100300506032b657004220420") + std::string(seed);
  std::string text;
  for (std::size_t i = 0; i < der.size(); i += 3) {  // 48 bytes: nothing to pad
    const unsigned three = static_cast<unsigned char>(der[i]) << 16U |
                           static_cast<unsigned char>(der[i + 1]) << 8U |
                           static_cast<unsigned char>(der[i + 2]);
    for (const unsigned shift : {18U, 12U, 6U, 0U}) text += kAlphabet[three >> shift & 63U];
  }
  return PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n", {})
      .value();
}

inline PrivateKey key(char which) { return key_of_seed(std::string(32, which)); }

inline Manifest manifest_of(const PrivateKey& publisher) {
  Manifest manifest;
  manifest.name = "night-watch";
  manifest.version = "1.2.0";
  manifest.kind = "scheduler";
  manifest.entry = "watch:Watch";
  manifest.publisher = publisher.public_key();
  manifest.created_us = kMade;
  manifest.expires_us = kExpires;
  return manifest;
}

inline Files files() { return {{"watch.py", "class Watch: pass\n"}, {"lamps/red.py", "ON = 'größe'\n"}}; }

inline std::string sign(std::string bundle, const std::vector<const PrivateKey*>& keys) {
  for (const PrivateKey* signer : keys) bundle = add_signature(bundle, *signer).value();
  return bundle;
}

// A bundle that is right, but for what `change` does to its manifest.
inline std::string bundle_by(
    const std::vector<const PrivateKey*>& keys,
    const std::function<void(Manifest&)>& change = [](Manifest&) {}, const Files& content = files()) {
  Manifest manifest = manifest_of(*keys.front());
  change(manifest);
  return sign(pack_bundle(manifest, content).value(), keys);
}

inline std::string number(std::uint64_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
  return bytes;
}

// A bundle of any bytes, which pack_bundle() may have refused, without signatures.
inline std::string raw_bundle(std::string_view manifest, std::string_view content) {
  return std::string(kBundleMagic) + number(kBundleVersion, 4) + number(manifest.size(), 4) +
         number(content.size(), 8) + std::string(manifest) + std::string(content) + number(0, 4);
}

// A manifest's JSON as an object, for tests that damage it.
inline boost::json::object object_of(const Manifest& manifest) {
  return boost::json::parse(manifest.to_json()).as_object();
}

class InDirectory : public testing::Test {
 protected:
  base::TemporaryDirectory directory_;
};

}  // namespace pilothouse::trust
