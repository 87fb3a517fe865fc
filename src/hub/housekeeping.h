#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "hub/backend.h"

namespace pilothouse::hub {

// Stores what the doors remember, and removes what the workspaces no longer keep, now and then for as long as
// the hub runs, and gives the room back. It works in slices on the writer thread, and pauses between them, so
// that an upload that waits for the writer waits for one slice at most. Nothing is done before `lost_after`:
// only then is it known which clusters still run. On the network thread; `backend` must outlive the loop's
// run.
boost::asio::awaitable<void> keep_house(Backend& backend, base::Micros lost_after, base::Micros interval);

}  // namespace pilothouse::hub
