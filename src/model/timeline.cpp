#include "model/timeline.h"

namespace pilothouse::model {

std::size_t timeline_action(std::string_view name) {
  const auto found = std::find(kTimelineActions.begin(), kTimelineActions.end() - 1, name);
  return static_cast<std::size_t>(found - kTimelineActions.begin());
}

}  // namespace pilothouse::model
