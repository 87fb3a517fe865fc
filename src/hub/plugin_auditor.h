#pragma once

#include <boost/asio/awaitable.hpp>

#include "hub/backend.h"

namespace pilothouse::hub {

// Has the auditor read each published bundle that it has not read by these rules, one after the other, and
// keeps what it says. It reads on a thread of its own: neither requests nor publishing wait for it, and what
// it fails at is kept as a problem of that bundle. On the network thread; `backend` must outlive the loop's
// run.
boost::asio::awaitable<void> audit_plugins(Backend& backend);

}  // namespace pilothouse::hub
