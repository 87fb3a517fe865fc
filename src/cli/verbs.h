#pragma once

#include <CLI/App.hpp>
#include <string>

#include "cli/context.h"

// One file for each verb. Each adds itself to `app`; `context` must outlive the app.
namespace pilothouse::cli {

void add_serve(CLI::App& app, Context& context);
void add_workspace(CLI::App& app, Context& context);
void add_user(CLI::App& app, Context& context);
void add_token(CLI::App& app, Context& context);
void add_audit(CLI::App& app, Context& context);
void add_audit_log(CLI::App& app, Context& context);
void add_clusters(CLI::App& app, Context& context);
void add_computations(CLI::App& app, Context& context);
void add_events(CLI::App& app, Context& context);
void add_exceptions(CLI::App& app, Context& context);
void add_workers(CLI::App& app, Context& context);
void add_spans(CLI::App& app, Context& context);
void add_find(CLI::App& app, Context& context);
void add_close(CLI::App& app, Context& context);
void add_open(CLI::App& app, Context& context);
void add_plugin(CLI::App& app, Context& context);
void add_tape(CLI::App& app, Context& context);
void add_replay(CLI::App& app, Context& context);
void add_recover(CLI::App& app, Context& context);
void add_redact(CLI::App& app, Context& context);
void add_backup(CLI::App& app, Context& context);
void add_restore(CLI::App& app, Context& context);
void add_vacuum(CLI::App& app, Context& context);
void add_report(CLI::App& app, Context& context);
void add_completion(CLI::App& app, Context& context);

inline constexpr const char* kClusterHelp = "The cluster's id, or its scheduler_id";

}  // namespace pilothouse::cli
