#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "hub/api/routes.h"
#include "hub/backend.h"

namespace pilothouse::hub {

// POST .../sessions/{session}/chunks: checks the body on a reader thread, stores it on the writer's, answers
// with the mark. `target`, `workspace` and `body` outlive the await.
boost::asio::awaitable<Response> answer_upload(Backend& backend, const Target& target,
                                               const store::Workspace& workspace, const std::string& body);

}  // namespace pilothouse::hub
