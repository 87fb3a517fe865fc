#include "hub/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <optional>

#include "base/clock.h"
#include "hub/api/handlers.h"
#include "hub/api/plugin_handlers.h"
#include "hub/api/read_query.h"
#include "hub/api/routes.h"
#include "hub/doors.h"
#include "hub/event_stream.h"
#include "hub/ingest/answer_upload.h"
#include "hub/log.h"
#include "hub/memory_budget.h"
#include "hub/pages.h"
#include "net/stream.h"
#include "store/token.h"
#include "tape/format.h"

namespace pilothouse::hub {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::redirect_error;
using asio::use_awaitable;
using boost::system::error_code;

constexpr std::chrono::seconds kHeaderTimeout(10);  // from the first byte; of the first one from the connect
constexpr std::chrono::seconds kIdleTimeout(75);
constexpr std::chrono::seconds kBodyTimeout(60);
constexpr std::chrono::seconds kWriteTimeout(60);
constexpr std::chrono::seconds kDrainTimeout(5);
constexpr std::chrono::seconds kFarewellTimeout(1);
constexpr std::uint32_t kMaxHeader = 16U << 10;
constexpr std::uint64_t kMaxDrained = 64U << 20;
// Beast reads no more at once than the buffer has room for. Who waits has little of it, who sends gets more.
constexpr std::size_t kFirstRead = 2U << 10;
constexpr std::size_t kBodyRead = 16U << 10;
constexpr std::size_t kFastBodyRead = 64U << 10;
// Answers below that are not counted.
constexpr std::size_t kSmallAnswer = 16U << 10;
constexpr unsigned char kTlsHandshake = 0x16;  // the first byte of every TLS connection

using Parser = http::request_parser<http::string_body>;

Method method_of(http::verb verb) {
  if (verb == http::verb::get) return Method::kGet;
  return verb == http::verb::post ? Method::kPost : Method::kOther;
}

std::string bearer_token(const http::fields& fields) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view value = fields[http::field::authorization];
  if (value.size() <= kScheme.size() || !beast::iequals(value.substr(0, kScheme.size()), kScheme)) return {};
  return std::string(value.substr(kScheme.size()));
}

bool under_api(std::string_view target) { return target.starts_with("/api/v1/"); }

PageRequest page_request(const http::request_header<>& request) {
  return {request.method() == http::verb::get || request.method() == http::verb::head, request.target(),
          request[http::field::accept], request[http::field::accept_encoding],
          request[http::field::if_none_match]};
}

}  // namespace

struct Connection::Impl {
  Impl(asio::ip::tcp::socket socket, net::TlsContext tls, Backend& the_backend, const Options& the_options,
       Keeper& the_keeper)
      : stream(beast::tcp_stream(std::move(socket)), std::move(tls)),
        backend(the_backend),
        options(the_options),
        keeper(the_keeper) {
    error_code failure;
    const auto remote = stream.socket().remote_endpoint(failure);
    if (!failure) peer = peer_key(remote.address());
  }

  asio::awaitable<void> run();
  asio::awaitable<bool> agree_on_tls();
  asio::awaitable<bool> first_bytes();
  asio::awaitable<bool> answer_next();
  asio::awaitable<Response> answer(Parser& parser, bool& body_read);
  enum class Body { kKeep, kForget };
  asio::awaitable<std::optional<Response>> read_body(Parser& parser, Body body, std::uint64_t limit,
                                                     MemoryBudget::Share& memory);
  asio::awaitable<Response> authorize(const Parser& parser, const Target* target, store::Caller& caller,
                                      std::optional<Response>& repeated);
  asio::awaitable<Response> audited(const store::Caller& caller, const Target* target, Response response);
  Response listen(const Parser& parser, const Target& target, const store::Caller& caller);
  void note_change(const Target& target, const store::Caller& caller);
  asio::awaitable<bool> send(const Parser& parser, Response response, bool keep_alive);
  asio::awaitable<bool> send_fixed(http::response<http::empty_body>& head, std::string_view bytes);
  asio::awaitable<bool> send_pieces(http::response<http::empty_body>& head, Response response);
  asio::awaitable<void> drain();

  net::Stream stream;
  Backend& backend;
  const Options& options;
  Keeper& keeper;
  beast::flat_buffer buffer;            // may hold the beginning of the next request
  std::uint64_t peer = 0;               // of peer_key()
  std::unique_ptr<EventStream> events;  // what this request is answered with
  bool fresh = true;                    // the first request has not come yet
  bool known = false;                   // this request's token is valid
  bool busy = false;
  bool stopping = false;
};

asio::awaitable<void> Connection::Impl::run() {
  error_code ignored;
  stream.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  stream.expires_after(kHeaderTimeout);
  if (!stream.is_tls() || co_await agree_on_tls()) {
    while (co_await answer_next()) {
    }
    if (!stopping) co_await stream.end_sending(kFarewellTimeout);
  }
  stream.close();
}

asio::awaitable<bool> Connection::Impl::agree_on_tls() {
  error_code failure;
  const auto from = stream.socket().remote_endpoint(failure);
  failure = co_await stream.handshake(asio::ssl::stream_base::server);
  if (!failure) co_return true;
  if (failure == asio::error::operation_aborted) co_return false;  // the hub's own doing
  keeper.refused_tls(from.address().to_string() + ": " + failure.message());
  if (net::is_plain_http(failure)) {
    http::response<http::string_body> answer(http::status::bad_request, 11);
    const Response why =
        error_response(400, "tls_required", "this hub speaks TLS; use an address that begins with https://");
    answer.set(http::field::content_type, why.content_type);
    answer.keep_alive(false);
    answer.body() = why.body;
    answer.prepare_payload();
    co_await http::async_write(stream.tcp(), answer, redirect_error(use_awaitable, failure));
    co_await drain();
  }
  co_return false;
}

// Waits for a request to begin; false when none comes.
asio::awaitable<bool> Connection::Impl::first_bytes() {
  if (!fresh && buffer.size() == 0) stream.expires_after(kIdleTimeout);
  if (buffer.size() == 0) {
    error_code failure;
    buffer.shrink_to_fit();
    const std::size_t read =
        co_await stream.async_read_some(buffer.prepare(kFirstRead), redirect_error(use_awaitable, failure));
    if (failure) co_return false;
    buffer.commit(read);
  }
  if (!fresh) stream.expires_after(kHeaderTimeout);
  fresh = false;
  co_return true;
}

// False when the connection is done with.
asio::awaitable<bool> Connection::Impl::answer_next() {
  if (!co_await first_bytes()) co_return false;
  Parser parser;
  parser.header_limit(kMaxHeader);
  parser.body_limit(boost::none);  // checked by route, once it is known
  if (!stream.is_tls() && *static_cast<const unsigned char*>(buffer.data().data()) == kTlsHandshake) {
    keeper.refused_tls("a client speaks TLS, and this hub was started without --tls-cert");
    co_await send(parser, error_response(400, "malformed", "this hub speaks HTTP without TLS"), false);
    co_await drain();
    co_return false;
  }
  error_code failure;
  co_await http::async_read_header(stream, buffer, parser, redirect_error(use_awaitable, failure));
  if (failure == http::error::header_limit) {
    co_await send(parser, error_response(431, "too_large", "the request's header is over 16 KiB"), false);
    co_await drain();
    co_return false;
  }
  const bool broken = failure && failure.category() == make_error_code(http::error::bad_method).category();
  if (broken && failure != http::error::end_of_stream && failure != http::error::partial_message) {
    co_await send(parser, error_response(400, "malformed", "this is not HTTP: " + failure.message()), false);
    co_await drain();
    co_return false;
  }
  if (failure) co_return false;

  busy = true;
  known = false;
  keeper.set_replaceable(false);
  const auto began = std::chrono::steady_clock::now();
  bool body_read = false;
  Response response = co_await answer(parser, body_read);
  if (options.log_requests) {
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
    log_line(std::string(parser.get().method_string()) + " " + std::string(parser.get().target()) + " " +
             std::to_string(response.status) + " " + std::to_string(took.count()) + " us");
  }
  if (events) {
    if (stopping) events->stop();
    co_await events->run(parser.get().version() >= 11);
    events.reset();
    co_return false;
  }
  const bool keep_alive = body_read && parser.get().keep_alive() && !stopping;
  const bool sent = co_await send(parser, std::move(response), keep_alive);
  if (sent && !body_read) co_await drain();
  busy = false;
  keeper.set_replaceable(true);
  co_return sent&& keep_alive;
}

// Nothing of a body is read before the token is known to be valid and the length to be allowed.
asio::awaitable<Response> Connection::Impl::answer(Parser& parser, bool& body_read) {
  const auto& request = parser.get();
  auto found = find_route(method_of(request.method()), std::string_view(request.target()));
  Target* target = std::get_if<Target>(&found);
  const Route* route = target != nullptr ? target->route : nullptr;

  store::Caller caller;
  MemoryBudget::Share memory(backend.upload_memory());
  const bool needs_token =
      route != nullptr ? !route->scopes.empty() : under_api(std::string_view(request.target()));
  const bool ingest = route != nullptr && route->runs == Runs::kIngest;
  std::optional<Response> repeated;
  if (needs_token) {
    Response refusal = co_await authorize(parser, target, caller, repeated);
    known = refusal.status == 200;
    if (!known) {
      keeper.set_replaceable(true);
      body_read = !(co_await read_body(parser, Body::kForget, kSmallBody, memory));
      co_return refusal;
    }
  }

  keeper.set_replaceable(!known);
  auto refusal = co_await read_body(parser, repeated ? Body::kForget : Body::kKeep,
                                    route != nullptr ? route->max_body : kSmallBody, memory);
  if (refusal) co_return std::move(*refusal);
  body_read = true;
  if (repeated) co_return std::move(*repeated);
  if (target == nullptr) {
    Response none = std::move(std::get<Response>(found));
    if (needs_token || none.status != 404) co_return none;
    co_return page_response(options.pages, page_request(request)).value_or(std::move(none));
  }

  const store::Viewpoint viewpoint{co_await backend.follow_clock(options.lost_after), options.lost_after};
  if (ingest) {
    co_return co_await answer_upload(backend, *target, caller, parser.get().body(), memory);
  }
  if (route->runs == Runs::kChanges) co_return listen(parser, *target, caller);
  const Backend::Work work = [&](store::sqlite::SqliteStore& store) {
    return target->route->handle(Call{*target, caller, parser.get().body(), viewpoint, store, store, store});
  };
  if (route->runs == Runs::kWriter) {
    Response done = co_await backend.write(work);
    if (done.status < 300) note_change(*target, caller);
    co_return co_await audited(caller, target, std::move(done));
  }
  co_return co_await backend.read(work);
}

// The answer goes on as `events`, unless there are too many already.
Response Connection::Impl::listen(const Parser& parser, const Target& target, const store::Caller& caller) {
  auto listener = backend.changes().listen(target, caller);
  if (Response* refusal = std::get_if<Response>(&listener)) return std::move(*refusal);
  events = std::make_unique<EventStream>(stream, backend, store::hash_token(bearer_token(parser.get())),
                                         caller.expires_us,
                                         std::move(std::get<std::unique_ptr<Changes::Listener>>(listener)));
  return {};
}

// After something was changed: wakes who waits for that.
void Connection::Impl::note_change(const Target& target, const store::Caller& caller) {
  const Route& route = *target.route;
  const std::int64_t workspace = caller.workspace.id;
  if (route.handle == post_bundle) backend.new_bundle().ring();
  if (route.handle == post_desired_state) {
    if (const auto cluster = parse_positive(capture(target, "cluster"))) {
      backend.changes().note(workspace, *cluster);
    }
  }
  if (route.scopes == store::Scopes(store::Scope::kAdmin)) backend.changes().doubt_tokens(workspace);
}

// A 413 when the body is too large, a 503 when there is no room for it, and nothing when it was read. A body
// that breaks off is left unread: the client has gone, and the next read ends the connection.
asio::awaitable<std::optional<Response>> Connection::Impl::read_body(Parser& parser, Body body,
                                                                     std::uint64_t limit,
                                                                     MemoryBudget::Share& memory) {
  const Response too_large =
      error_response(413, "too_large", "the body is over " + std::to_string(limit >> 10) + " KiB");
  if (parser.content_length_remaining().value_or(0) > limit) co_return too_large;
  parser.body_limit(limit);
  error_code failure;
  stream.expires_after(kBodyTimeout);
  if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
    http::response<http::empty_body> go_on(http::status::continue_, parser.get().version());
    co_await http::async_write(stream, go_on, redirect_error(use_awaitable, failure));
  }
  // What a client has only announced takes no room.
  std::size_t room = kBodyRead;
  for (std::size_t read = 0; !failure && !parser.is_done();) {
    buffer.reserve(room);
    const std::size_t taken =
        co_await http::async_read_some(stream, buffer, parser, redirect_error(use_awaitable, failure));
    if (taken >= room) room = kFastBodyRead;
    if (body == Body::kForget) parser.get().body().clear();
    const std::size_t size = parser.get().body().size();
    if (!memory.take(size - read)) co_return busy_response();
    read = size;
  }
  if (failure == http::error::body_limit) co_return too_large;
  if (failure) co_return error_response(400, "malformed", "the body is incomplete: " + failure.message());
  co_return std::nullopt;
}

// 200 and the caller, or the refusal. For an upload, also the answer if it only repeats what is stored.
asio::awaitable<Response> Connection::Impl::authorize(const Parser& parser, const Target* target,
                                                      store::Caller& caller,
                                                      std::optional<Response>& repeated) {
  Doors& doors = backend.doors();
  const std::string token = bearer_token(parser.get());
  const std::string hash = store::hash_token(token);
  if (auto wait = doors.too_often(hash)) co_return std::move(*wait);
  const Backend::Work work = [&](store::sqlite::SqliteStore& store) {
    const auto found = store.authorize(hash, base::wall_now());
    if (!found) return failure_response(found.error());
    caller = *found;
    if (target == nullptr) return Response{};
    if (!caller.scopes.open(target->route->scopes)) return scope_refusal(target->route->scopes);
    if (target->route->runs == Runs::kIngest) repeated = answer_repeated(store, *target, caller);
    return Response{};
  };
  Response answer = co_await backend.read(work);
  if (answer.status == 401) co_return doors.turn_away(peer, std::move(answer));
  if (caller.token == 0) co_return answer;
  if (auto wait = doors.enter(hash, caller.token, base::wall_now())) co_return std::move(*wait);
  co_return co_await audited(caller, target, std::move(answer));
}

// The answer, once a refusal of what would have changed something is in the audit log.
asio::awaitable<Response> Connection::Impl::audited(const store::Caller& caller, const Target* target,
                                                    Response response) {
  if (target == nullptr) co_return response;
  const auto row = backend.doors().refused(caller, *target, response, base::wall_now());
  if (!row) co_return response;
  const Backend::Work work = [&](store::sqlite::SqliteStore& store) {
    const auto noted = store.note_audit(caller.workspace.id, *row);
    return noted ? std::move(response) : failure_response(noted.error());
  };
  co_return co_await backend.write(work);
}

template <class Body>
void set_head(http::response<Body>& message, const Response& response, bool keep_alive) {
  message.set(http::field::server, "Pilothouse");
  message.set(http::field::content_type, response.content_type);
  message.set(http::field::cache_control, "no-store");
  message.set("X-Content-Type-Options", "nosniff");
  for (const Header& header : response.headers) message.set(header.name, header.value);
  if (!response.allow.empty()) message.set(http::field::allow, response.allow);
  if (response.retry_after > 0) message.set(http::field::retry_after, std::to_string(response.retry_after));
  if (response.status == 401) message.set(http::field::www_authenticate, "Bearer");
  message.keep_alive(keep_alive);
}

// What slow clients do not take in time holds memory: who comes when there is none left is told so.
asio::awaitable<bool> Connection::Impl::send(const Parser& parser, Response response, bool keep_alive) {
  MemoryBudget::Share memory(known ? backend.answer_memory() : backend.open_answer_memory());
  if (response.body.size() > kSmallAnswer && !memory.take(response.body.size())) {
    response = error_response(503, "unavailable", "too many answers wait for slow clients; try again");
  }
  const auto status = static_cast<http::status>(response.status);
  error_code failure;
  const bool head_only = parser.get().method() == http::verb::head || response.status == 304;
  if (response.more || head_only || !response.fixed.empty()) {
    http::response<http::empty_body> head(status, parser.get().version());
    set_head(head, response, keep_alive);
    if (response.more) co_return co_await send_pieces(head, std::move(response));
    if (response.status != 304) head.content_length(std::max(response.body.size(), response.fixed.size()));
    co_return co_await send_fixed(head, head_only ? std::string_view() : response.fixed);
  }
  http::response<http::string_body> message(status, parser.get().version());
  set_head(message, response, keep_alive);
  message.body() = std::move(response.body);
  message.prepare_payload();
  stream.expires_after(kWriteTimeout);
  co_await http::async_write(stream, message, redirect_error(use_awaitable, failure));
  co_return !failure;
}

// A head, and bytes that take no memory of their own.
asio::awaitable<bool> Connection::Impl::send_fixed(http::response<http::empty_body>& head,
                                                   std::string_view bytes) {
  error_code failure;
  http::response_serializer<http::empty_body> serializer(head);
  stream.expires_after(kWriteTimeout);
  co_await http::async_write_header(stream, serializer, redirect_error(use_awaitable, failure));
  if (!failure && !bytes.empty()) {
    co_await asio::async_write(stream, asio::buffer(bytes), redirect_error(use_awaitable, failure));
  }
  co_return !failure;
}

// One piece is in memory at a time. A client of HTTP/1.0 knows of no chunks: there the end of the connection
// is the end of the answer.
asio::awaitable<bool> Connection::Impl::send_pieces(http::response<http::empty_body>& head,
                                                    Response response) {
  const bool chunked = head.version() >= 11;
  head.chunked(chunked);
  if (!chunked) head.keep_alive(false);
  error_code failure;
  http::response_serializer<http::empty_body> serializer(head);
  stream.expires_after(kWriteTimeout);
  co_await http::async_write_header(stream, serializer, redirect_error(use_awaitable, failure));
  std::string piece = std::move(response.body);
  while (!failure && !piece.empty()) {
    stream.expires_after(kWriteTimeout);
    if (chunked) {
      co_await asio::async_write(stream, http::make_chunk(asio::buffer(piece)),
                                 redirect_error(use_awaitable, failure));
    } else {
      co_await asio::async_write(stream, asio::buffer(piece), redirect_error(use_awaitable, failure));
    }
    if (failure) break;
    bool broken = false;
    const Backend::Work work = [&](store::sqlite::SqliteStore& store) {
      auto next = response.more(store);
      broken = !next;
      return next ? Response{200, std::move(*next), {}} : failure_response(next.error());
    };
    Response next = co_await backend.read(work);
    if (broken || next.status != 200) co_return false;
    piece = std::move(next.body);
  }
  if (!failure && chunked) {
    co_await asio::async_write(stream, http::make_chunk_last(), redirect_error(use_awaitable, failure));
  }
  co_return !failure && chunked;
}

// Reads and forgets what the client still sends: closing at once would reset the connection, and the client
// would never see the answer that tells why.
asio::awaitable<void> Connection::Impl::drain() {
  error_code failure;
  co_await stream.end_sending(kFarewellTimeout);
  stream.expires_after(kDrainTimeout);
  std::vector<char> forgotten(kBodyRead);
  std::uint64_t total = 0;
  while (!failure && total < kMaxDrained) {
    total += co_await stream.tcp().async_read_some(asio::buffer(forgotten),
                                                   redirect_error(use_awaitable, failure));
  }
}

Connection::Connection(asio::ip::tcp::socket socket, net::TlsContext tls, Backend& backend,
                       const Options& options, Keeper& keeper)
    : impl_(std::make_unique<Impl>(std::move(socket), std::move(tls), backend, options, keeper)) {}

Connection::~Connection() = default;

asio::awaitable<void> Connection::run() { return impl_->run(); }

void Connection::stop() {
  impl_->stopping = true;
  if (impl_->events) impl_->events->stop();
  if (!impl_->busy) impl_->stream.cancel();
}

void Connection::abort() { impl_->stream.close(); }

}  // namespace pilothouse::hub
