#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "hub/api/routes.h"
#include "hub/backend.h"

namespace pilothouse::hub {

// The answer to an upload whose parameter `last` says that the store has all of it, so that its body need not
// even be looked at. Nothing when it must be, and when the parameter is no number.
std::optional<Response> answer_repeated(store::RecordStore& store, const Target& target,
                                        const store::Caller& caller);

// POST .../sessions/{session}/chunks: checks the body on a reader thread, stores it on the writer's, answers
// with the mark. What it holds until then is taken from `memory`. Everything given outlives the await.
boost::asio::awaitable<Response> answer_upload(Backend& backend, const Target& target,
                                               const store::Caller& caller, const std::string& body,
                                               MemoryBudget::Share& memory);

// What is answered when there is no memory left.
Response busy_response();

}  // namespace pilothouse::hub
