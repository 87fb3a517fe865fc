#include "hub/ingest/answer_upload.h"

#include <charconv>
#include <cstdint>
#include <system_error>

#include "base/clock.h"
#include "hub/api/handlers.h"
#include "hub/api/json_writer.h"
#include "hub/ingest/check_body.h"

namespace pilothouse::hub {
namespace {

Response invalid_chunk(const InvalidChunk& invalid) {
  JsonWriter out;
  out.begin_object();
  out.key("error");
  out.begin_object();
  out.field("code", "invalid_chunk");
  out.field("message", invalid.message);
  out.field("sequence", invalid.sequence);
  out.end_object();
  out.end_object();
  return {422, out.take(), {}};
}

Response accepted(const store::Receipt& receipt) {
  JsonWriter out;
  out.begin_object();
  out.field("mark", receipt.mark);
  out.field("previous_mark", receipt.previous_mark);
  out.field("cluster", receipt.cluster);
  out.field("desired_state", receipt.desired_state);
  out.end_object();
  return {200, out.take(), {}};
}

// The parameter `last`; 0 when it is not given, nothing when it is no number.
std::optional<std::uint64_t> stated_last(const Target& target) {
  std::uint64_t last = 0;
  for (const auto& [name, value] : target.parameters) {
    if (name != "last") continue;
    const char* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, last);
    if (read.ec != std::errc() || read.ptr != end || last > INT64_MAX) return std::nullopt;
  }
  return last;
}

}  // namespace

Response busy_response() {
  return error_response(503, "unavailable", "the hub holds as many uploads as it has room for; try again");
}

std::optional<Response> answer_repeated(store::RecordStore& store, const Target& target,
                                        const store::Caller& caller) {
  const auto session = base::SessionId::parse(capture(target, "session"));
  const auto last = stated_last(target);
  if (!session || last.value_or(0) == 0) return std::nullopt;
  const auto known = store.repeated(*session, caller.workspace.id, *last, base::wall_now());
  if (!known || !*known) return std::nullopt;
  return accepted(**known);
}

boost::asio::awaitable<Response> answer_upload(Backend& backend, const Target& target,
                                               const store::Caller& caller, const std::string& body,
                                               MemoryBudget::Share& memory) {
  const auto session = base::SessionId::parse(capture(target, "session"));
  if (!session) co_return error_response(404, "not_found", "a session is 32 lower-case hexadecimal digits");

  if (!stated_last(target)) {
    co_return error_response(400, "invalid_parameter", "last is the sequence of the body's last chunk");
  }

  store::Upload upload;
  upload.session = *session;
  upload.workspace = caller.workspace.id;
  upload.user = caller.user;
  if (!body.empty()) {
    if (!memory.take(stated_size(body))) co_return busy_response();
    const Backend::Work check = [&](store::sqlite::SqliteStore& store) {
      const auto mark = store.mark(*session);
      if (!mark) return failure_response(mark.error());
      auto chunks = check_body(body, *session, *mark);
      if (!chunks) return invalid_chunk(chunks.error());
      upload.chunks = std::move(*chunks);
      return Response{};
    };
    Response refusal = co_await backend.read(check);
    if (refusal.status != 200) co_return refusal;
    if (!memory.take(held_by(upload.chunks))) co_return busy_response();
  }
  const auto receipt = co_await backend.store(std::move(upload));
  co_return receipt ? accepted(*receipt) : failure_response(receipt.error());
}

}  // namespace pilothouse::hub
