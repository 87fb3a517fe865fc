#include "hub/ingest/answer_upload.h"

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
  out.field("cluster", receipt.cluster);
  out.field("desired_state", receipt.desired_state);
  out.end_object();
  return {200, out.take(), {}};
}

}  // namespace

boost::asio::awaitable<Response> answer_upload(Backend& backend, const Target& target,
                                               const store::Workspace& workspace, const std::string& body) {
  const auto session = base::SessionId::parse(capture(target, "session"));
  if (!session) co_return error_response(404, "not_found", "a session is 32 lower-case hexadecimal digits");

  store::Upload upload;
  upload.session = *session;
  upload.workspace = workspace.id;
  upload.received_us = base::wall_now();
  if (!body.empty()) {
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
  }
  const auto receipt = co_await backend.store(std::move(upload));
  co_return receipt ? accepted(*receipt) : failure_response(receipt.error());
}

}  // namespace pilothouse::hub
