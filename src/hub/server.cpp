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
#include <list>

#include "base/state_lock.h"
#include "hub/backend.h"
#include "hub/connection.h"
#include "hub/first_start.h"
#include "hub/housekeeping.h"
#include "hub/log.h"

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
// Each may hold its read buffer; further clients wait until one has gone.
constexpr std::size_t kMaxConnections = 1024;

base::Result<tcp::endpoint> find_endpoint(asio::io_context& io, const Options& options) {
  error_code failure;
  const auto found =
      tcp::resolver(io).resolve(options.host, std::to_string(options.port), tcp::resolver::passive, failure);
  if (failure || found.empty()) {
    return error(Errc::kInvalidArgument,
                 "the host \"" + options.host + "\" is unknown: " + failure.message());
  }
  const tcp::endpoint endpoint = found.begin()->endpoint();
  if (!endpoint.address().is_loopback() && !options.insecure) {
    return error(
        Errc::kInvalidArgument,
        "the host \"" + options.host +
            "\" can be reached from other machines, and the hub speaks HTTP without TLS: tokens would cross "
            "the network in the clear. Put a TLS proxy before a hub on 127.0.0.1, or, on a network you "
            "trust, "
            "say --insecure");
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

std::string url_of(const asio::ip::address& address, std::uint16_t port) {
  const std::string host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  return "http://" + host + ":" + std::to_string(port);
}

// Where clients on this machine find the hub, also when it listens everywhere.
std::string local_url(const tcp::endpoint& endpoint) {
  if (!endpoint.address().is_unspecified()) return url_of(endpoint.address(), endpoint.port());
  if (endpoint.address().is_v6()) return url_of(asio::ip::address_v6::loopback(), endpoint.port());
  return url_of(asio::ip::address_v4::loopback(), endpoint.port());
}

// Everything of the network thread.
class Server {
 public:
  Server(asio::io_context& io, tcp::acceptor acceptor, Backend& backend, const Options& options)
      : io_(io),
        acceptor_(std::move(acceptor)),
        signals_(io, SIGINT, SIGTERM),
        backend_(backend),
        options_(options) {}

  void run() {
    asio::co_spawn(io_, accept(), asio::detached);
    asio::co_spawn(io_, wait_for_end(), asio::detached);
    asio::co_spawn(io_, keep_house(backend_, options_.lost_after, options_.retention_interval),
                   asio::detached);
    io_.run();
  }

 private:
  asio::awaitable<void> accept() {
    asio::steady_timer pause(io_);
    while (acceptor_.is_open()) {
      error_code failure;
      if (connections_.size() >= kMaxConnections) {
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(redirect_error(use_awaitable, failure));
        continue;
      }
      tcp::socket socket = co_await acceptor_.async_accept(redirect_error(use_awaitable, failure));
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
    const auto place = connections_.emplace(connections_.end(), std::move(socket), backend_, options_);
    try {
      co_await place->run();
    } catch (const std::exception& failure) {
      log_failure(failure.what());
    }
    connections_.erase(place);
  }

  asio::awaitable<void> wait_for_end() {
    // Completions from other threads must find the loop running even when every connection waits for them.
    const auto work = asio::make_work_guard(io_);
    error_code failure;
    co_await signals_.async_wait(redirect_error(use_awaitable, failure));
    acceptor_.close(failure);
    for (Connection& connection : connections_) connection.stop();
    const auto deadline = std::chrono::steady_clock::now() + kFinishTimeout;
    asio::steady_timer timer(io_);
    while (!connections_.empty() && std::chrono::steady_clock::now() < deadline) {
      timer.expires_after(kFinishPoll);
      co_await timer.async_wait(redirect_error(use_awaitable, failure));
    }
    if (!connections_.empty()) {
      log_line("some requests did not finish in time");
      for (Connection& connection : connections_) connection.abort();
    }
    io_.stop();
  }

  asio::io_context& io_;
  tcp::acceptor acceptor_;
  asio::signal_set signals_;
  Backend& backend_;
  const Options& options_;
  std::list<Connection> connections_;
};

base::Result<void> try_serve(const Options& options) {
  asio::io_context io(1);
  const auto endpoint = find_endpoint(io, options);
  if (!endpoint) return endpoint.error();

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
  auto acceptor = listen(io, *endpoint);
  if (!acceptor) return acceptor.error();
  const tcp::endpoint bound = acceptor->local_endpoint();
  const auto token = prepare_access(**writer, options.state_dir, local_url(bound));
  if (!token) return token.error();
  auto backend =
      Backend::open(std::move(*writer), options.state_dir, std::max(1U, options.threads), options.limits);
  if (!backend) return backend.error();

  // It catches signals from here on: whoever reads the first line may end the hub at once.
  Server server(io, std::move(*acceptor), **backend, options);
  std::printf("Pilothouse hub listening on %s\n", url_of(bound.address(), bound.port()).c_str());
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
