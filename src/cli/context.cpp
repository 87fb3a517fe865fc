#include "cli/context.h"

#include "base/paths.h"

namespace pilothouse::cli {

base::Result<HubClient> Context::hub() const {
  const auto settings = resolve_hub(hub_flags, environment, base::default_state_dir());
  if (!settings) return settings.error();
  return HubClient::open(*settings);
}

}  // namespace pilothouse::cli
