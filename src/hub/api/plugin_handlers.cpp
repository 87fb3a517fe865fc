#include "hub/api/plugin_handlers.h"

#include "hub/api/respond.h"
#include "hub/api/write_plugins.h"
#include "trust/signatures/bundle.h"
#include "trust/signatures/names.h"
#include "trust/signatures/revocation.h"

namespace pilothouse::hub {
namespace {

Response refusal_response(const trust::Refusal& refusal) {
  const std::string message = refusal.message + " (" + std::string(trust::name_of(refusal.code)) + ")";
  if (refusal.code == trust::Code::kTooLarge) return error_response(413, "too_large", message);
  return error_response(422, "invalid_bundle", message);
}

store::Publication publication(const Call& call) {
  return {call.caller.workspace.id, store::Author::of(call.caller), call.viewpoint.now_us};
}

// 201 for what is new, 200 for what was there.
Response published(bool is_new, JsonWriter& out) {
  out.field("new", is_new);
  out.end_object();
  return {is_new ? 201U : 200U, out.take(), {}};
}

}  // namespace

Response get_plugins(const Call& call) { return list(call, call.bundles, &store::BundleStore::bundles); }

Response get_plugin(const Call& call) {
  const auto offer = call.bundles.offer(call.caller.workspace.id, capture(call.target, "plugin"));
  return offer ? one_response(*offer) : failure_response(offer.error());
}

Response get_bundle(const Call& call) {
  auto bytes = call.bundles.bundle(call.caller.workspace.id, capture(call.target, "plugin"),
                                   capture(call.target, "version"));
  if (!bytes) return failure_response(bytes.error());
  Response response{200, std::move(*bytes), {}};
  response.content_type = trust::kBundleMediaType;
  return response;
}

Response get_report(const Call& call) {
  auto report = call.bundles.report(call.caller.workspace.id, capture(call.target, "plugin"),
                                    capture(call.target, "version"));
  if (!report) return failure_response(report.error());
  return {200, std::move(*report), {}};
}

// The hub looks whether a bundle is one and whether its signatures fit, so that nobody publishes rubbish by
// mistake. Whose signatures count is none of its business.
Response post_bundle(const Call& call) {
  const auto envelope = trust::Envelope::open(call.body);
  if (!envelope) return refusal_response(envelope.error());
  if (const auto fine = envelope->check_signatures(); !fine) return refusal_response(fine.error());
  const auto contents = trust::read_contents(*envelope);
  if (!contents) return refusal_response(contents.error());
  const trust::Manifest& manifest = contents->manifest;

  store::NewBundle bundle;
  bundle.name = manifest.name;
  bundle.skeleton = trust::skeleton(manifest.name);
  bundle.version = manifest.version;
  bundle.rank = trust::Version::parse(manifest.version).value().rank();
  bundle.kind = manifest.kind;
  bundle.sha256 = envelope->sha256();
  bundle.publisher = manifest.publisher.to_string();
  for (const trust::Signer& signer : envelope->signers) bundle.signers.push_back(signer.key.to_string());
  bundle.expires_us = manifest.expires_us;
  bundle.bytes = call.body;
  const auto is_new = call.bundles.publish_bundle(publication(call), bundle);
  if (!is_new) return failure_response(is_new.error());
  JsonWriter out;
  out.begin_object();
  out.field("name", bundle.name);
  out.field("version", bundle.version);
  out.field("sha256", bundle.sha256);
  return published(*is_new, out);
}

Response post_revocation(const Call& call) {
  const auto revocation = trust::Revocation::open(call.body);
  if (!revocation) return refusal_response(revocation.error());
  const store::NewRevocation statement{revocation->key.to_string(), revocation->sha256, revocation->reason,
                                       revocation->time_us, call.body};
  const auto is_new = call.bundles.publish_revocation(publication(call), statement);
  if (!is_new) return failure_response(is_new.error());
  JsonWriter out;
  out.begin_object();
  out.field("key", statement.key);
  out.field("sha256", statement.sha256);
  return published(*is_new, out);
}

}  // namespace pilothouse::hub
