#include "cli/local_workspace.h"

#include "base/paths.h"

namespace pilothouse::cli {

void add_state_dir_flag(CLI::App& verb, std::string& state_dir) {
  verb.add_option("--state-dir", state_dir, "The hub's directory; default: its usual one");
}

base::Result<store::OpenWorkspace> open_local(const Context& context, const std::string& state_dir,
                                              store::For what) {
  return store::open_workspace(base::state_dir_or_default(state_dir),
                               context.hub_flags.workspace.value_or("default"), what);
}

boost::json::value value_or_null(const std::optional<std::int64_t>& value) {
  return value ? boost::json::value(*value) : boost::json::value(nullptr);
}

base::Error with_hint(base::Error failure, std::string_view hint) {
  const bool has_one = failure.message.find('\n') != std::string::npos;
  if (failure.code == base::Errc::kNotFound && !has_one) failure.message += "\n" + std::string(hint);
  return failure;
}

}  // namespace pilothouse::cli
