#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace pilothouse::bench {

// Reads the flags, does the work, and says what was thrown. The exit code.
int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& work);

}  // namespace pilothouse::bench
