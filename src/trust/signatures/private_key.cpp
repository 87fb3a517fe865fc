#include "trust/signatures/private_key.h"

#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <limits>

#include "base/files.h"

namespace pilothouse::trust {
namespace {

using base::Errc;
using base::error;

constexpr std::uint64_t kScryptN = 1U << 14;
constexpr std::uint64_t kScryptR = 8;
constexpr std::uint64_t kScryptP = 8;
constexpr std::string_view kPlain = "PRIVATE KEY";
constexpr std::string_view kEncrypted = "ENCRYPTED PRIVATE KEY";

struct Release {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(PKCS8_PRIV_KEY_INFO* info) const { PKCS8_PRIV_KEY_INFO_free(info); }
  void operator()(X509_SIG* sealed) const { X509_SIG_free(sealed); }
  void operator()(X509_ALGOR* algorithm) const { X509_ALGOR_free(algorithm); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

base::Error no_openssl(const char* what) {
  return error(Errc::kInternal, std::string("OpenSSL cannot ") + what);
}

// One PEM block and nothing before or behind it but white space.
class PemBlock {
 public:
  static base::Result<PemBlock> read(std::string_view pem) {
    const auto refuse = [] { return error(Errc::kMalformed, "not a private key in PEM (PKCS#8)"); };
    const std::size_t last = pem.find_last_not_of(" \t\r\n");
    if (pem.size() > kMaxKeyFile || !pem.starts_with("-----BEGIN ") || last == std::string_view::npos) {
      return refuse();
    }
    const Owned<BIO> in(BIO_new_mem_buf(pem.data(), static_cast<int>(last + 1)));
    PemBlock block;
    char* header = nullptr;
    if (!in || PEM_read_bio(in.get(), &block.name_, &header, &block.data_, &block.size_) != 1)
      return refuse();
    const bool bare = header == nullptr || *header == '\0';
    OPENSSL_free(header);
    if (!bare || BIO_pending(in.get()) != 0) return refuse();
    return block;
  }
  PemBlock(PemBlock&& other) noexcept
      : name_(std::exchange(other.name_, nullptr)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  ~PemBlock() {
    OPENSSL_free(name_);
    OPENSSL_clear_free(data_, static_cast<std::size_t>(size_));
  }
  PemBlock(const PemBlock&) = delete;
  PemBlock& operator=(const PemBlock&) = delete;

  std::string_view name() const { return name_; }

  // By one of OpenSSL's d2i functions; nullptr unless all bytes are used.
  template <class T>
  Owned<T> decode(T* (*d2i)(T**, const unsigned char**, long)) const {
    const unsigned char* at = data_;
    Owned<T> decoded(d2i(nullptr, &at, size_));
    return at == data_ + size_ ? std::move(decoded) : nullptr;
  }

 private:
  PemBlock() = default;
  char* name_ = nullptr;
  unsigned char* data_ = nullptr;
  long size_ = 0;
};

base::Result<Owned<X509_SIG>> seal(const Owned<PKCS8_PRIV_KEY_INFO>& info, const std::string& passphrase) {
  // OpenSSL makes the salt and the initial vector.
  Owned<X509_ALGOR> algorithm(
      PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 16, nullptr, kScryptN, kScryptR, kScryptP));
  if (!algorithm) return no_openssl("make a key from a passphrase");
  Owned<X509_SIG> sealed(
      PKCS8_set0_pbe(passphrase.data(), static_cast<int>(passphrase.size()), info.get(), algorithm.get()));
  if (!sealed) return no_openssl("encrypt a private key");
  static_cast<void>(algorithm.release());  // it belongs to `sealed` now
  return sealed;
}

}  // namespace

void PrivateKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

base::Result<PrivateKey> PrivateKey::generate() {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (key == nullptr) return no_openssl("make a key");
  return PrivateKey(key);
}

base::Result<PrivateKey> PrivateKey::from_pem(std::string_view pem,
                                              const std::optional<std::string>& passphrase) {
  const auto block = PemBlock::read(pem);
  if (!block) return block.error();
  Owned<PKCS8_PRIV_KEY_INFO> info;
  if (block->name() == kPlain) {
    info = block->decode(d2i_PKCS8_PRIV_KEY_INFO);
  } else if (block->name() == kEncrypted) {
    const Owned<X509_SIG> sealed = block->decode(d2i_X509_SIG);
    if (!sealed) return error(Errc::kMalformed, "the encrypted private key is broken");
    if (!passphrase || passphrase->size() > kMaxPassphrase)
      return error(Errc::kUnauthorized, "the private key has a passphrase, and none was given");
    info.reset(PKCS8_decrypt(sealed.get(), passphrase->data(), static_cast<int>(passphrase->size())));
    if (!info) return error(Errc::kUnauthorized, "the passphrase is not that of the private key");
  }
  const std::unique_ptr<EVP_PKEY, Free> key(info ? EVP_PKCS82PKEY(info.get()) : nullptr);
  if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
    return error(Errc::kMalformed, "not the private key of an Ed25519 pair");
  }
  EVP_PKEY_up_ref(key.get());
  return PrivateKey(key.get());
}

bool PrivateKey::is_encrypted(std::string_view pem) {
  const auto block = PemBlock::read(pem);
  return block && block->name() == kEncrypted;
}

base::Result<std::string> PrivateKey::to_pem(const std::optional<std::string>& passphrase) const {
  const Owned<PKCS8_PRIV_KEY_INFO> info(EVP_PKEY2PKCS8(key_.get()));
  const Owned<BIO> out(BIO_new(BIO_s_secmem()));
  if (!info || !out) return no_openssl("write a private key");
  bool written = false;
  if (passphrase) {
    if (passphrase->empty() || passphrase->size() > kMaxPassphrase)
      return error(Errc::kInvalidArgument, "a passphrase has 1 to 1024 bytes");
    const auto sealed = seal(info, *passphrase);
    if (!sealed) return sealed.error();
    written = PEM_write_bio_PKCS8(out.get(), sealed->get()) == 1;
  } else {
    written = PEM_write_bio_PKCS8_PRIV_KEY_INFO(out.get(), info.get()) == 1;
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  if (!written || size <= 0) return no_openssl("write a private key");
  return std::string(text, static_cast<std::size_t>(size));
}

PublicKey PrivateKey::public_key() const {
  PublicKey key;
  std::size_t size = key.bytes.size();
  if (EVP_PKEY_get_raw_public_key(key_.get(), key.bytes.data(), &size) != 1) return {};
  return key;
}

base::Result<Signature> PrivateKey::sign(std::string_view message) const {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  Signature signature;
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size,
                     reinterpret_cast<const unsigned char*>(message.data()), message.size()) != 1) {
    return no_openssl("sign");
  }
  return signature;
}

base::Result<void> write_key_files(const std::filesystem::path& file, const PrivateKey& key,
                                   const std::optional<std::string>& passphrase) {
  std::filesystem::path public_file = file;
  public_file += ".pub";
  auto pem = key.to_pem(passphrase);
  if (!pem) return pem.error();
  // The public one first: if the private one cannot be made, no secret has to be removed again.
  auto written = base::create_file(public_file, key.public_key().to_string() + "\n", 0644);
  if (written) {
    written = base::create_file(file, *pem, 0600);
    if (!written) ::unlink(public_file.c_str());
  }
  forget(*pem);
  return written;
}

base::Result<std::string> read_key_file(const std::filesystem::path& file) {
  return base::read_file(file, kMaxKeyFile, base::Readers::kOwnerOnly);
}

base::Result<PublicKey> read_public_key_file(const std::filesystem::path& file) {
  auto text = base::read_file(file, kMaxKeyFile);
  if (!text) return text.error();
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  auto key = PublicKey::parse(*text);
  if (!key) return error(Errc::kInvalidArgument, file.string() + ": " + key.error().message);
  return key;
}

void forget(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace pilothouse::trust
