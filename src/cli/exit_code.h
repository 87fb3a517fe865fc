#pragma once

#include "base/error.h"

namespace pilothouse::cli {

// What the process ends with. Scripts depend on these numbers: never reuse one.
enum class ExitCode : int {
  kOk = 0,
  kFailed = 1,        // refused, or not achieved
  kUsage = 2,         // the command line cannot be right
  kUnreachable = 3,   // no answer from the hub
  kUnauthorized = 4,  // the token is missing, wrong, or not enough
  kNotFound = 5,      // no such cluster, computation, workspace, user or token
  kTooRisky = 6,      // an audit has found more risk than was allowed
  kUnread = 7,        // something that was to be audited could not be read
};

ExitCode exit_code_of(base::Errc code);

// To standard error: one line what is wrong, one line what to do next. A second line of the failure's
// message, when there is one, is what to do next.
void print_failure(const base::Error& failure);

}  // namespace pilothouse::cli
