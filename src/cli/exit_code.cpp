#include "cli/exit_code.h"

#include <cstdio>
#include <string>
#include <string_view>

#include "cli/text.h"

namespace pilothouse::cli {
namespace {

std::string_view what_next(base::Errc code) {
  switch (code) {
    case base::Errc::kUnavailable:
    case base::Errc::kTimeout:
      return "Is it running? Start one with: pilothouse serve";
    case base::Errc::kUnauthorized:
      return "Set DASK_PILOTHOUSE__TOKEN to the token that the hub printed when it started first.";
    case base::Errc::kForbidden:
      return "Use a token of the workspace in question that has the scope.";
    case base::Errc::kNotFound:
      return "See what there is with: pilothouse clusters --since all";
    case base::Errc::kInvalidArgument:
      return "Run with --help for more information.";
    default:
      return {};
  }
}

}  // namespace

ExitCode exit_code_of(base::Errc code) {
  switch (code) {
    case base::Errc::kInvalidArgument:
      return ExitCode::kUsage;
    case base::Errc::kUnavailable:
    case base::Errc::kTimeout:
      return ExitCode::kUnreachable;
    case base::Errc::kUnauthorized:
    case base::Errc::kForbidden:
      return ExitCode::kUnauthorized;
    case base::Errc::kNotFound:
      return ExitCode::kNotFound;
    default:
      return ExitCode::kFailed;
  }
}

void print_failure(const base::Error& failure) {
  const std::size_t end = failure.message.find('\n');
  const std::string next(end == std::string::npos ? what_next(failure.code)
                                                  : std::string_view(failure.message).substr(end + 1));
  const std::string text = "pilothouse: " + one_line(failure.message.substr(0, end)) + "\n" +
                           (next.empty() ? std::string() : one_line(next) + "\n");
  std::fputs(text.c_str(), stderr);
}

}  // namespace pilothouse::cli
