#include "hub/plugin_auditor.h"

#include <malloc.h>

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <string>

#include "hub/log.h"
#include "trust/audit/bundle_audit.h"

namespace pilothouse::hub {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kLookAgain = 600s;  // when nobody publishes: after a failure, too

std::string report_on(const store::Unaudited& bundle, store::BundleReport& made) {
  const auto envelope = trust::Envelope::open(bundle.bytes);
  if (!envelope) return envelope.error().message;
  const auto contents = trust::read_contents(*envelope);
  if (!contents) return contents.error().message;
  const auto report = audit::audit_files(contents->files, bundle.name);
  if (!report) return report.error().message;
  made.risk = audit::hundredths(report->whole.security_risk);
  made.malware = audit::hundredths(report->whole.malware);
  made.obfuscated = audit::hundredths(report->whole.obfuscated);
  made.confidence = audit::hundredths(report->whole.confidence);
  std::string json = audit::to_json(*report);
  if (json.size() > store::kMaxReport)
    return "it is over " + std::to_string(store::kMaxReport >> 20) + " MiB";
  made.report = std::move(json);
  return {};
}

// What the auditor says of a bundle, or why it cannot.
store::BundleReport audit_bundle(const store::Unaudited& bundle, const std::string& rules) {
  store::BundleReport made;
  made.sha256 = bundle.sha256;
  made.rules = rules;
  std::string problem;
  try {
    problem = report_on(bundle, made);
  } catch (const std::exception& failure) {
    problem = failure.what();
  }
  if (!problem.empty()) {
    log_failure("the audit of plugin " + bundle.name + ", sha256 " + bundle.sha256 + ": " + problem);
    made.problem = std::move(problem);
  }
  made.made_us = base::wall_now();
  // A bundle takes hundreds of MiB at worst, and the next one may be long in coming.
  ::malloc_trim(0);
  return made;
}

// The bundle that waits, if one does and the database can be asked.
asio::awaitable<std::optional<store::Unaudited>> next(Backend& backend, const std::string& rules) {
  std::optional<store::Unaudited> waiting;
  const Backend::Work look = [&](store::sqlite::SqliteStore& store) {
    auto found = store.next_unaudited(rules);
    if (found) {
      waiting = std::move(*found);
    } else {
      log_failure("plugins to audit: " + found.error().message);
    }
    return Response{};
  };
  co_await backend.read(look);
  co_return waiting;
}

// False when it cannot be kept.
asio::awaitable<bool> keep(Backend& backend, const store::BundleReport& report) {
  bool kept = false;
  const Backend::Work write = [&](store::sqlite::SqliteStore& store) {
    const auto done = store.keep_report(report);
    kept = done.has_value();
    if (!done) log_failure("the report on a plugin: " + done.error().message);
    return Response{};
  };
  co_await backend.write(write);
  co_return kept;
}

}  // namespace

asio::awaitable<void> audit_plugins(Backend& backend) {
  std::optional<base::Result<std::string>> rules;
  const std::function<void()> read_rules = [&] { rules = audit::rules_digest(); };
  co_await backend.aside(read_rules);
  if (!*rules) {
    log_failure("plugins are not audited: " + rules->error().message);
    co_return;
  }
  while (true) {
    bool kept = true;
    while (kept) {
      const auto bundle = co_await next(backend, **rules);
      if (!bundle) break;
      store::BundleReport report;
      const std::function<void()> read = [&] { report = audit_bundle(*bundle, **rules); };
      co_await backend.aside(read);
      kept = co_await keep(backend, report);
    }
    co_await backend.new_bundle().wait(kLookAgain);
  }
}

}  // namespace pilothouse::hub
