#include "trust/signatures/private_key.h"

#include <sys/stat.h>

#include <fstream>

#include "trust/signatures/test_bundles.h"

namespace pilothouse::trust {
namespace {

using base::Errc;

Errc error_of(std::string_view pem, const std::optional<std::string>& passphrase = {}) {
  const auto key = PrivateKey::from_pem(pem, passphrase);
  EXPECT_FALSE(key);
  return key ? Errc::kInternal : key.error().code;
}

TEST(PrivateKey, IsReadFromItsPem) {
  const PrivateKey key = PrivateKey::generate().value();
  const std::string pem = key.to_pem({}).value();
  EXPECT_FALSE(PrivateKey::is_encrypted(pem));
  for (const auto& passphrase : {std::optional<std::string>(), std::optional<std::string>("unused")}) {
    EXPECT_EQ(PrivateKey::from_pem(pem, passphrase)->public_key(), key.public_key());
  }
  EXPECT_TRUE(PrivateKey::from_pem(pem + " \r\n\n", {}));
  EXPECT_NE(PrivateKey::generate()->public_key(), key.public_key());
}

TEST(PrivateKey, IsReadWithItsPassphraseOnly) {
  const PrivateKey key = PrivateKey::generate().value();
  const std::string pem = key.to_pem("größe").value();
  EXPECT_TRUE(PrivateKey::is_encrypted(pem));
  EXPECT_EQ(PrivateKey::from_pem(pem, "größe")->public_key(), key.public_key());
  EXPECT_NE(key.to_pem("größe").value(), pem);  // another salt
  EXPECT_EQ(error_of(pem), Errc::kUnauthorized);
  EXPECT_EQ(error_of(pem, ""), Errc::kUnauthorized);
  EXPECT_EQ(error_of(pem, "grösse"), Errc::kUnauthorized);
  EXPECT_EQ(error_of(pem, std::string(kMaxPassphrase + 1, 'x')), Errc::kUnauthorized);
  EXPECT_EQ(key.to_pem("").error().code, Errc::kInvalidArgument);
  EXPECT_EQ(key.to_pem(std::string(kMaxPassphrase + 1, 'x')).error().code, Errc::kInvalidArgument);
}

TEST(PrivateKey, IsReadFromNothingElse) {
  const std::string pem = PrivateKey::generate()->to_pem({}).value();
  for (const std::string& text :
       {std::string(), std::string("junk"), "x" + pem, pem + "x", pem + pem, pem.substr(0, pem.size() / 2),
        std::string("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
        std::string("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"),
        std::string("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
        pem + std::string(kMaxKeyFile, '\n')}) {
    EXPECT_EQ(error_of(text), Errc::kMalformed) << text;
  }
  // X25519: the same but for the algorithm.
  std::string other = pem;
  other.replace(other.find("MC4CAQAwBQYDK2Vw"), 16, "MC4CAQAwBQYDK2Vu");
  EXPECT_EQ(error_of(other), Errc::kMalformed);
}

class KeyFiles : public InDirectory {
 protected:
  static unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 0777U;
  }
  const std::filesystem::path file_ = directory_ / "ada.key";
  const std::filesystem::path public_file_ = directory_ / "ada.key.pub";
};

TEST_F(KeyFiles, AreReadAsTheyWereWritten) {
  ASSERT_TRUE(write_key_files(file_, key('a'), {}));
  EXPECT_EQ(mode_of(file_), 0600U);
  EXPECT_EQ(mode_of(public_file_) & 0600U, 0600U);
  EXPECT_EQ(PrivateKey::from_pem(read_key_file(file_).value(), {})->public_key(), key('a').public_key());
  EXPECT_EQ(read_public_key_file(public_file_).value(), key('a').public_key());
}

TEST_F(KeyFiles, AreNotOverwritten) {
  ASSERT_TRUE(write_key_files(file_, key('a'), {}));
  EXPECT_EQ(write_key_files(file_, key('b'), {}).error().code, Errc::kConflict);
  std::filesystem::remove(public_file_);
  EXPECT_EQ(write_key_files(file_, key('b'), {}).error().code, Errc::kConflict);
  EXPECT_FALSE(std::filesystem::exists(public_file_));
  std::filesystem::rename(file_, public_file_);
  EXPECT_EQ(write_key_files(file_, key('b'), {}).error().code, Errc::kConflict);
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(KeyFiles, ThatOthersMayReadAreRefused) {
  ASSERT_TRUE(write_key_files(file_, key('a'), {}));
  for (const unsigned mode : {0640U, 0604U, 0620U}) {
    ASSERT_EQ(::chmod(file_.c_str(), mode), 0);
    EXPECT_EQ(read_key_file(file_).error().code, Errc::kForbidden);
  }
}

TEST_F(KeyFiles, OfPublicKeysHoldOneKeyId) {
  for (const std::string& text : {std::string("\n"), key('a').public_key().to_string() + " ada\n",
                                  "\n" + key('a').public_key().to_string()}) {
    std::ofstream(public_file_, std::ios::trunc) << text;
    EXPECT_EQ(read_public_key_file(public_file_).error().code, Errc::kInvalidArgument);
  }
}

TEST_F(KeyFiles, OfOpensslAreRead) {
  if (std::system("openssl version > /dev/null 2>&1") != 0) GTEST_SKIP() << "there is no openssl command";
  const std::string out = " -out '" + file_.string() + "' 2> /dev/null";
  ASSERT_EQ(std::system(("umask 077; openssl genpkey -algorithm ed25519" + out).c_str()), 0);
  EXPECT_TRUE(PrivateKey::from_pem(read_key_file(file_).value(), {}));
  ASSERT_EQ(std::system(("openssl genpkey -algorithm ed25519 -aes-256-cbc -pass pass:dusk" + out).c_str()),
            0);
  EXPECT_TRUE(PrivateKey::from_pem(read_key_file(file_).value(), "dusk"));
  ASSERT_EQ(std::system(("openssl genpkey -algorithm ed448" + out).c_str()), 0);
  EXPECT_EQ(error_of(read_key_file(file_).value()), Errc::kMalformed);
}

TEST(Secrets, AreForgotten) {
  std::string secret = "a passphrase that is too long to lie in the object";
  const std::string_view place = secret;
  forget(secret);
  EXPECT_TRUE(secret.empty());
  EXPECT_EQ(place, std::string(place.size(), '\0'));
}

}  // namespace
}  // namespace pilothouse::trust
