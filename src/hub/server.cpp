#include "hub/server.h"

#include <malloc.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <exception>

#include "base/state_lock.h"
#include "hub/backend.h"
#include "hub/crowd.h"
#include "hub/first_start.h"
#include "hub/housekeeping.h"
#include "hub/log.h"
#include "hub/open_files.h"
#include "hub/plugin_auditor.h"
#include "net/hub_address.h"
#include "net/tls.h"

namespace pilothouse::hub {
namespace {

namespace asio = boost::asio;
using asio::redirect_error;
using asio::use_awaitable;
using asio::ip::tcp;
using base::Errc;
using base::error;
using boost::system::error_code;

constexpr std::chrono::seconds kFinishTimeout(10);
constexpr std::chrono::milliseconds kFinishPoll(20);
constexpr std::chrono::milliseconds kAcceptPause(100);
constexpr std::size_t kMostListeners = 512;  // each is a connection
constexpr base::Micros kSoon = base::Micros{14} * 86'400 * base::kMicrosPerSecond;

base::Result<tcp::endpoint> find_endpoint(asio::io_context& io, const Options& options) {
  error_code failure;
  const auto found =
      tcp::resolver(io).resolve(options.host, std::to_string(options.port), tcp::resolver::passive, failure);
  if (failure || found.empty()) {
    return error(Errc::kInvalidArgument,
                 "the host \"" + options.host + "\" is unknown: " + failure.message());
  }
  const tcp::endpoint endpoint = found.begin()->endpoint();
  if (!endpoint.address().is_loopback() && !options.insecure && options.tls_certificate.empty()) {
    return error(
        Errc::kInvalidArgument,
        "the host \"" + options.host +
            "\" can be reached from other machines, and without TLS tokens would cross the network in the "
            "clear. "
            "Give the hub a certificate with --tls-cert and --tls-key, or, on a network you trust, say "
            "--insecure");
  }
  return endpoint;
}

base::Result<tcp::acceptor> listen(asio::io_context& io, const tcp::endpoint& endpoint) {
  tcp::acceptor acceptor(io);
  error_code failure;
  acceptor.open(endpoint.protocol(), failure);
  if (!failure) acceptor.set_option(asio::socket_base::reuse_address(true), failure);
  if (!failure) acceptor.bind(endpoint, failure);
  if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (failure) {
    const std::string where = endpoint.address().to_string() + " port " + std::to_string(endpoint.port());
    return error(Errc::kConflict, "cannot listen on " + where + ": " + failure.message() +
                                      "; choose another with --port, or 0 for any free one");
  }
  return acceptor;
}

net::HubAddress address_of(const tcp::endpoint& endpoint, bool tls) {
  return {tls, endpoint.address().to_string(), std::to_string(endpoint.port()), ""};
}

// Where clients on this machine find the hub, also when it listens everywhere, and with TLS by a name that is
// in the certificate.
net::HubAddress local_address(const tcp::endpoint& endpoint, const net::TlsContext& tls) {
  net::HubAddress local = address_of(endpoint, tls != nullptr);
  if (endpoint.address().is_unspecified()) {
    local.host = endpoint.address().is_v6() ? asio::ip::address_v6::loopback().to_string()
                                            : asio::ip::address_v4::loopback().to_string();
  }
  const bool here = endpoint.address().is_unspecified() || endpoint.address().is_loopback();
  if (tls && here && !net::covers(tls, local.host) && net::covers(tls, "localhost")) local.host = "localhost";
  return local;
}

base::Result<net::HubAddress> client_address(const Options& options, const tcp::endpoint& endpoint,
                                             const net::TlsContext& tls) {
  if (options.url.empty()) return local_address(endpoint, tls);
  auto given = net::HubAddress::parse(options.url);
  if (given && given->tls != (tls != nullptr)) {
    return error(Errc::kInvalidArgument,
                 tls ? "--url must begin with https://, as the hub has a certificate"
                     : "--url must begin with http://, as the hub has no certificate");
  }
  return given;
}

void warn_about(const net::TlsContext& tls, const std::string& host) {
  if (!net::covers(tls, host)) {
    log_line("the certificate is for " + net::names_in(tls) + ", not for " + host +
             ": clients on this machine will refuse it; say --url with a name that is in it");
  }
  const base::Micros expiry = net::expiry(tls);
  const base::Micros now = base::wall_now();
  if (expiry < now + kSoon) {
    log_line(std::string("the certificate ") + (expiry < now ? "has expired" : "expires") + " at " +
             base::to_iso8601(expiry));
  }
}

// Everything of the network thread.
class Server {
 public:
  Server(asio::io_context& io, tcp::acceptor acceptor, net::TlsContext tls, std::string local_host,
         std::size_t max_connections, Backend& backend, const Options& options)
      : io_(io),
        acceptor_(std::move(acceptor)),
        tls_(std::move(tls)),
        local_host_(std::move(local_host)),
        signals_(io, SIGINT, SIGTERM),
        hangups_(io),
        room_(io),
        backend_(backend),
        options_(options),
        crowd_(max_connections) {
    if (tls_) hangups_.add(SIGHUP);
  }

  void run() {
    asio::co_spawn(io_, accept(), asio::detached);
    asio::co_spawn(io_, wait_for_end(), asio::detached);
    if (tls_) asio::co_spawn(io_, renew_tls(), asio::detached);
    asio::co_spawn(io_, keep_house(backend_, options_.lost_after, options_.retention_interval),
                   asio::detached);
    asio::co_spawn(io_, tell_of_silence(backend_, options_.lost_after), asio::detached);
    asio::co_spawn(io_, audit_plugins(backend_), asio::detached);
    io_.run();
  }

 private:
  asio::awaitable<void> accept() {
    asio::steady_timer pause(io_);
    while (acceptor_.is_open()) {
      error_code failure;
      tcp::socket socket = co_await acceptor_.async_accept(redirect_error(use_awaitable, failure));
      while (!failure && acceptor_.is_open() && !crowd_.has_room()) {
        crowd_.make_room();
        room_.expires_after(kAcceptPause);
        error_code cancelled;
        co_await room_.async_wait(redirect_error(use_awaitable, cancelled));
      }
      if (!failure) {
        asio::co_spawn(io_, serve_one(std::move(socket)), asio::detached);
        continue;
      }
      if (!acceptor_.is_open()) break;
      // Such as too many open files: to try again at once would only burn the processor.
      log_failure("accept: " + failure.message());
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(redirect_error(use_awaitable, failure));
    }
  }

  asio::awaitable<void> serve_one(tcp::socket socket) {
    Crowd::Member& member = crowd_.add(std::move(socket), tls_, backend_, options_);
    try {
      co_await member.connection.run();
    } catch (const std::exception& failure) {
      log_failure(failure.what());
    }
    crowd_.remove(member);
    room_.cancel();
  }

  asio::awaitable<void> renew_tls() {
    error_code failure;
    while (true) {
      co_await hangups_.async_wait(redirect_error(use_awaitable, failure));
      if (failure) co_return;
      auto renewed = net::server_tls(options_.tls_certificate, options_.tls_key);
      if (!renewed) {
        log_line("the certificate stays as it was: " + renewed.error().message);
        continue;
      }
      tls_ = std::move(*renewed);
      log_line("new connections get the certificate for " + net::names_in(tls_) + ", valid until " +
               base::to_iso8601(net::expiry(tls_)));
      warn_about(tls_, local_host_);
    }
  }

  asio::awaitable<void> wait_for_end() {
    // Completions from other threads must find the loop running even when every connection waits for them.
    const auto work = asio::make_work_guard(io_);
    error_code failure;
    co_await signals_.async_wait(redirect_error(use_awaitable, failure));
    acceptor_.close(failure);
    hangups_.cancel(failure);
    crowd_.each([](Connection& connection) { connection.stop(); });
    const auto deadline = std::chrono::steady_clock::now() + kFinishTimeout;
    asio::steady_timer timer(io_);
    while (crowd_.size() > 0 && std::chrono::steady_clock::now() < deadline) {
      timer.expires_after(kFinishPoll);
      co_await timer.async_wait(redirect_error(use_awaitable, failure));
    }
    if (crowd_.size() > 0) {
      log_line("some requests did not finish in time");
      crowd_.each([](Connection& connection) { connection.abort(); });
    }
    io_.stop();
  }

  asio::io_context& io_;
  tcp::acceptor acceptor_;
  net::TlsContext tls_;           // of new connections; nullptr: plain HTTP
  const std::string local_host_;  // by which clients on this machine know the hub
  asio::signal_set signals_;
  asio::signal_set hangups_;
  asio::steady_timer room_;  // cancelled when a connection has gone
  Backend& backend_;
  const Options& options_;
  Crowd crowd_;
};

base::Result<void> try_serve(const Options& options) {
  asio::io_context io(1);
  const auto endpoint = find_endpoint(io, options);
  if (!endpoint) return endpoint.error();
  net::TlsContext tls;
  if (!options.tls_certificate.empty()) {
    auto read = net::server_tls(options.tls_certificate, options.tls_key);
    if (!read) return read.error();
    tls = std::move(*read);
  }
  const std::size_t max_connections = make_room_for_connections(options.max_connections);
  if (max_connections < options.max_connections) {
    log_line("only " + std::to_string(max_connections) +
             " connections: the system allows no more open files");
  }

  const auto lock = base::StateLock::take(options.state_dir);
  if (!lock) {
    if (lock.error().code != Errc::kConflict) return lock.error();
    return error(Errc::kConflict, "another hub serves " + options.state_dir.string() +
                                      "; stop it or choose another --state-dir");
  }
  auto writer = store::sqlite::SqliteStore::open_writer(options.state_dir);
  if (!writer) return writer.error();
  if (const auto fits = (*writer)->follow_clock(base::wall_now(), 0, options.lost_after); !fits)
    return fits.error();
  const auto running = (*writer)->heard_since(base::wall_now() - options.lost_after);
  if (!running) return running.error();
  auto acceptor = listen(io, *endpoint);
  if (!acceptor) return acceptor.error();
  const tcp::endpoint bound = acceptor->local_endpoint();
  const auto clients = client_address(options, bound, tls);
  if (!clients) return clients.error();
  if (tls) warn_about(tls, clients->host);
  const auto ca_file = tls && net::is_self_signed(tls) ? std::filesystem::absolute(options.tls_certificate)
                                                       : std::filesystem::path();
  const auto token = prepare_access(**writer, options.state_dir, clients->to_string(), ca_file);
  if (!token) return token.error();
  auto backend = Backend::open(std::move(*writer), options.state_dir, std::max(1U, options.threads),
                               options.limits, std::min(kMostListeners, max_connections / 4));
  if (!backend) return backend.error();
  for (const store::ClusterPlace& cluster : *running) (*backend)->silence().heard(cluster);

  // It catches signals from here on: whoever reads the first line may end the hub at once.
  Server server(io, std::move(*acceptor), tls, clients->host, max_connections, **backend, options);
  std::printf("Pilothouse hub listening on %s\n", address_of(bound, tls != nullptr).to_string().c_str());
  if (*token) {
    std::printf("The owner token of workspace \"default\", shown this once:\n%s\n", (*token)->c_str());
  }
  std::fflush(stdout);

  server.run();
  (*backend)->checkpoint();
  return {};
}

}  // namespace

int serve(const Options& options) {
  // Requests take megabytes for milliseconds. Fetched from the kernel anew each time, their pages would cost
  // more than what is done with them.
  mallopt(M_MMAP_THRESHOLD, 16 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  const auto served = try_serve(options);
  if (served) return 0;
  std::fprintf(stderr, "pilothouse: %s\n", served.error().message.c_str());
  return 1;
}

}  // namespace pilothouse::hub
