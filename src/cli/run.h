#pragma once

namespace pilothouse::cli {

// The whole command line; the result is the process's exit code. Called once, from main().
int run(int argc, const char* const* argv);

}  // namespace pilothouse::cli
