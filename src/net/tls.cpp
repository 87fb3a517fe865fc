#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace pilothouse::net {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using base::Errc;
using base::error;

// Of TLS 1.2; those of 1.3 are all sound.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::size_t kMaxNames = 400;  // of text, in messages

struct Free {
  void operator()(BIO* value) const { BIO_free(value); }
  void operator()(X509* value) const { X509_free(value); }
  void operator()(EVP_PKEY* value) const { EVP_PKEY_free(value); }
  void operator()(ASN1_TIME* value) const { ASN1_TIME_free(value); }
  void operator()(GENERAL_NAMES* value) const { GENERAL_NAMES_free(value); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

// OpenSSL's own words for what failed last; its queue is empty after that.
std::string take_reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* words = ERR_reason_error_string(code);
  ERR_clear_error();
  return words != nullptr ? words : "unknown reason";
}

base::Result<TlsContext> make_context() {
  try {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls);
    SSL_CTX* raw = context->native_handle();
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_security_level(raw, 2);
    if (SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_max_proto_version(raw, 0) != 1 || SSL_CTX_set_cipher_list(raw, kCiphers) != 1) {
      return error(Errc::kInternal, "OpenSSL cannot do TLS as it is needed here: " + take_reason());
    }
    return context;
  } catch (const boost::system::system_error& failure) {
    return error(Errc::kInternal, std::string("OpenSSL: ") + failure.what());
  }
}

base::Result<std::string> read_file(const fs::path& file) {
  std::error_code failed;
  const bool regular = fs::is_regular_file(file, failed);
  if (failed) return error(Errc::kInvalidArgument, file.string() + ": " + failed.message());
  if (!regular) return error(Errc::kInvalidArgument, file.string() + " is not a file");
  std::ifstream in(file, std::ios::binary);
  if (!in) return error(Errc::kInvalidArgument, file.string() + " cannot be read");
  std::string content;
  content.resize(kMaxPemFile + 1);
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(in.gcount()));
  if (content.size() > kMaxPemFile) return error(Errc::kInvalidArgument, file.string() + " is over 1 MiB");
  return content;
}

Owned<BIO> reader(std::string_view text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

int no_passphrase(char*, int, int, void*) { return -1; }

// Calls `take` with each certificate, which it may keep; the number of them, or why there are none.
template <class Take>
base::Result<std::size_t> each_certificate(std::string_view pem, const Take& take) {
  const Owned<BIO> bio = reader(pem);
  ERR_clear_error();
  std::size_t count = 0;
  while (auto certificate = Owned<X509>(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr))) {
    if (!take(std::move(certificate))) return error(Errc::kInvalidArgument, take_reason());
    ++count;
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string reason = take_reason();
  if (!at_end) return error(Errc::kInvalidArgument, "a certificate in it is damaged: " + reason);
  if (count == 0) return error(Errc::kInvalidArgument, "there is no PEM certificate in it");
  return count;
}

std::optional<asio::ip::address> as_address(const std::string& host) {
  boost::system::error_code no_address;
  const auto address = asio::ip::make_address(host, no_address);
  if (no_address) return std::nullopt;
  return address;
}

base::Micros micros_of(const ASN1_TIME* time) {
  const Owned<ASN1_TIME> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0, seconds = 0;
  if (time == nullptr || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) return 0;
  return (static_cast<base::Micros>(days) * 86'400 + seconds) * base::kMicrosPerSecond;
}

std::string names_of(X509* certificate) {
  const Owned<GENERAL_NAMES> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string text;
  const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
  for (int i = 0; i < count && text.size() < kMaxNames; ++i) {
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type));
    if (type != GEN_DNS && type != GEN_IPADD) continue;
    std::string name(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                     static_cast<std::size_t>(ASN1_STRING_length(value)));
    if (type == GEN_IPADD) {
      const auto* bytes = reinterpret_cast<const unsigned char*>(name.data());
      if (name.size() == 4) {
        asio::ip::address_v4::bytes_type four;
        std::copy(bytes, bytes + 4, four.begin());
        name = asio::ip::address_v4(four).to_string();
      } else if (name.size() == 16) {
        asio::ip::address_v6::bytes_type sixteen;
        std::copy(bytes, bytes + 16, sixteen.begin());
        name = asio::ip::address_v6(sixteen).to_string();
      } else {
        continue;
      }
    }
    // A peer's words: nothing in them may look like anything else in a log.
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return c < 0x21 || c > 0x7e; }, '?');
    text += (text.empty() ? "" : ", ") + name;
  }
  return text.empty() ? "no name at all" : text;
}

X509* certificate_of(const TlsContext& server) { return SSL_CTX_get0_certificate(server->native_handle()); }

int peer_check_index() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

base::Result<void> use_certificates(SSL_CTX* context, const fs::path& file) {
  const auto pem = read_file(file);
  if (!pem) return pem.error();
  bool first = true;
  const auto found = each_certificate(*pem, [&](Owned<X509> certificate) {
    if (std::exchange(first, false)) return SSL_CTX_use_certificate(context, certificate.get()) == 1;
    if (SSL_CTX_add0_chain_cert(context, certificate.get()) != 1) return false;
    certificate.release();  // NOLINT(bugprone-unused-return-value): the context's now
    return true;
  });
  if (!found) return error(Errc::kInvalidArgument, file.string() + ": " + found.error().message);
  return {};
}

base::Result<void> use_key(SSL_CTX* context, const fs::path& file) {
  const auto pem = read_file(file);
  if (!pem) return pem.error();
  const Owned<BIO> bio = reader(*pem);
  ERR_clear_error();
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) {
    ERR_clear_error();
    return error(
        Errc::kInvalidArgument,
        file.string() + " holds no private key in PEM, or one with a passphrase, which the hub has not");
  }
  struct stat state {};
  if (::stat(file.c_str(), &state) == 0 && (state.st_mode & S_IRWXO) != 0) {
    return error(Errc::kInvalidArgument, file.string() +
                                             " is a private key that everybody on this machine may use; run: "
                                             "chmod o= " +
                                             file.string());
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return error(Errc::kInvalidArgument,
                 file.string() + " is not the key of the certificate: " + take_reason());
  }
  return {};
}

}  // namespace

base::Result<std::string> read_ca_file(const fs::path& file) {
  auto pem = read_file(file);
  if (!pem) return pem;
  const auto found = each_certificate(*pem, [](const Owned<X509>&) { return true; });
  if (!found) return error(Errc::kInvalidArgument, file.string() + ": " + found.error().message);
  return pem;
}

base::Result<TlsContext> client_tls(std::string_view ca_pem) {
  auto context = make_context();
  if (!context) return context;
  SSL_CTX* raw = (*context)->native_handle();
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  if (ca_pem.empty()) {
    SSL_CTX_set_default_verify_paths(raw);
    ERR_clear_error();  // a system without CAs trusts nobody, and says so when it is asked to
    return context;
  }
  // What is pinned may be the hub's own certificate, or a CA below another.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(raw), X509_V_FLAG_PARTIAL_CHAIN);
  X509_STORE* store = SSL_CTX_get_cert_store(raw);
  const auto added = each_certificate(ca_pem, [&](const Owned<X509>& certificate) {
    return X509_STORE_add_cert(store, certificate.get()) == 1;
  });
  if (!added) return error(Errc::kInvalidArgument, "the CA certificates: " + added.error().message);
  return context;
}

base::Result<TlsContext> server_tls(const fs::path& certificate, const fs::path& key) {
  auto context = make_context();
  if (!context) return context;
  SSL_CTX* raw = (*context)->native_handle();
  // Tickets carry the state of a session; the hub keeps none.
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  if (const auto used = use_certificates(raw, certificate); !used) return used.error();
  if (const auto used = use_key(raw, key); !used) return used.error();
  return context;
}

bool is_self_signed(const TlsContext& server) { return X509_self_signed(certificate_of(server), 0) == 1; }

base::Micros expiry(const TlsContext& server) {
  return micros_of(X509_get0_notAfter(certificate_of(server)));
}

bool covers(const TlsContext& server, const std::string& host) {
  X509* certificate = certificate_of(server);
  if (as_address(host)) return X509_check_ip_asc(certificate, host.c_str(), 0) == 1;
  return X509_check_host(certificate, host.data(), host.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                         nullptr) == 1;
}

std::string names_in(const TlsContext& server) { return names_of(certificate_of(server)); }

base::Result<void> PeerCheck::expect(SSL* connection, const std::string& host) {
  host_ = host;
  X509_VERIFY_PARAM* wanted = SSL_get0_param(connection);
  X509_VERIFY_PARAM_set_hostflags(wanted,
                                  X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool known = as_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1
                                      : X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size()) == 1 &&
                                            SSL_set_tlsext_host_name(connection, host.c_str()) == 1;
  if (!known || SSL_set_ex_data(connection, peer_check_index(), this) != 1) {
    return error(Errc::kInvalidArgument, "\"" + host + "\" is no host to speak TLS with: " + take_reason());
  }
  SSL_set_verify(connection, SSL_VERIFY_PEER, verify);
  return {};
}

int PeerCheck::verify(int preverified, X509_STORE_CTX* store) {
  if (preverified == 1) return 1;
  auto* connection =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* check = static_cast<PeerCheck*>(SSL_get_ex_data(connection, peer_check_index()));
  check->problem_ = X509_STORE_CTX_get_error(store);
  if (X509* certificate = X509_STORE_CTX_get_current_cert(store); certificate != nullptr) {
    check->names_ = names_of(certificate);
    check->valid_from_ = micros_of(X509_get0_notBefore(certificate));
    check->valid_until_ = micros_of(X509_get0_notAfter(certificate));
  }
  return 0;
}

std::string PeerCheck::explain(const boost::system::error_code& failure, const std::string& url) const {
  const std::string certificate = "the certificate of the hub at " + url;
  switch (problem_) {
    case X509_V_OK:
      break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return certificate + " is not for " + host_ + " but for: " + names_ +
             "\nSet the hub's address (pilothouse.address) to one of these, or give the hub a certificate "
             "for " +
             host_ + ".";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return certificate + " has expired at " + base::to_iso8601(valid_until_) +
             "\nGive the hub a new one (serve --tls-cert, then SIGHUP), and see that this machine's clock is "
             "right.";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return certificate + " is valid only from " + base::to_iso8601(valid_from_) +
             "\nSee that the clocks of both machines are right.";
    default:
      return certificate + " is not trusted: " + X509_verify_cert_error_string(problem_) +
             "\nSet pilothouse.tls.ca-file (DASK_PILOTHOUSE__TLS__CA_FILE, --ca-file) to a PEM file with the "
             "CA's certificate, or with the hub's own if it is self-signed.";
  }

  const std::string no_tls = "no TLS with the hub at " + url + ": ";
  const int reason =
      failure.category() == asio::error::get_ssl_category() ? ERR_GET_REASON(failure.value()) : 0;
  if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
      reason == SSL_R_PACKET_LENGTH_TOO_LONG) {
    return no_tls +
           "what answers there does not speak it\nUse an address (pilothouse.address) with http://, or "
           "start the hub with --tls-cert and --tls-key.";
  }
  if (reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION) {
    return no_tls + "it speaks only versions below 1.2\nIf that is a proxy, have it speak TLS 1.2 or 1.3.";
  }
  return no_tls + failure.message();
}

bool is_plain_http(const boost::system::error_code& failure) {
  return failure.category() == asio::error::get_ssl_category() &&
         ERR_GET_REASON(failure.value()) == SSL_R_HTTP_REQUEST;
}

}  // namespace pilothouse::net
