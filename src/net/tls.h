#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"

// The one place for what TLS may be: versions 1.2 and 1.3, ciphers with forward secrecy and authentication,
// no compression, no renegotiation. A client always verifies the certificate and the name in it; nothing
// turns that off.
namespace pilothouse::net {

// Shared by all connections that begin with it, which keep it alive. Not changed once made.
using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

inline constexpr std::size_t kMaxPemFile = 1U << 20;

// The content of a file with PEM certificates, checked. Errors say what is wrong with which file.
base::Result<std::string> read_ca_file(const std::filesystem::path& file);

// `ca_pem` empty: the system's CAs are trusted. Otherwise only the certificates in it, each of which may be a
// CA or the hub's own certificate.
base::Result<TlsContext> client_tls(std::string_view ca_pem);

// The certificate, then those between it and its CA, and its key, as PEM files. A key file that everybody may
// read is refused, and so is one with a passphrase.
base::Result<TlsContext> server_tls(const std::filesystem::path& certificate,
                                    const std::filesystem::path& key);

// What the certificate of a server's context says.
bool is_self_signed(const TlsContext& server);
base::Micros expiry(const TlsContext& server);
bool covers(const TlsContext& server, const std::string& host);  // a name or an address
std::string names_in(const TlsContext& server);                  // "hub.example.org, 192.0.2.1"

// What one client finds out about one peer. Must outlive the handshake.
class PeerCheck {
 public:
  // Before the handshake: the peer must show a certificate for `host`, a name or an address.
  base::Result<void> expect(SSL* connection, const std::string& host);

  // After one that failed, why, and in a second line what to do. `url` is the hub's.
  std::string explain(const boost::system::error_code& failure, const std::string& url) const;

 private:
  int problem_ = 0;  // X509_V_ERR_*
  std::string host_;
  std::string names_;
  base::Micros valid_from_ = 0;
  base::Micros valid_until_ = 0;

  static int verify(int preverified, X509_STORE_CTX* store);
};

// Of a server's handshake that failed: the client spoke plain HTTP.
bool is_plain_http(const boost::system::error_code& failure);

}  // namespace pilothouse::net
