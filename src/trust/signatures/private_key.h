#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "trust/signatures/key.h"

struct evp_pkey_st;

namespace pilothouse::trust {

inline constexpr std::size_t kMaxKeyFile = 16U << 10;
inline constexpr std::size_t kMaxPassphrase = 1024;

// An Ed25519 private key. Its file is PEM with PKCS#8, as `openssl genpkey -algorithm ed25519` writes it;
// with a passphrase PBES2: scrypt (N = 16384, r = 8, p = 8) and AES-256-CBC. Movable, not copied.
class PrivateKey {
 public:
  static base::Result<PrivateKey> generate();

  // kMalformed when the text is not one such PEM block, kUnauthorized when a passphrase is needed and there
  // is none or it is wrong. A passphrase for a key that has none is not looked at.
  static base::Result<PrivateKey> from_pem(std::string_view pem,
                                           const std::optional<std::string>& passphrase);
  static bool is_encrypted(std::string_view pem);

  base::Result<std::string> to_pem(const std::optional<std::string>& passphrase) const;

  PublicKey public_key() const;
  base::Result<Signature> sign(std::string_view message) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  explicit PrivateKey(evp_pkey_st* key) : key_(key) {}

  std::unique_ptr<evp_pkey_st, Free> key_;
};

// The private key into `file`, mode 0600, and the key id into `file`.pub. kConflict when one of them exists;
// then neither is written.
base::Result<void> write_key_files(const std::filesystem::path& file, const PrivateKey& key,
                                   const std::optional<std::string>& passphrase);

// The text of a private key's file. kForbidden when others may read it. Overwrite it with forget() when done.
base::Result<std::string> read_key_file(const std::filesystem::path& file);

// The key id that a .pub file holds: one line.
base::Result<PublicKey> read_public_key_file(const std::filesystem::path& file);

// Overwrites a secret in memory.
void forget(std::string& secret);

}  // namespace pilothouse::trust
