#pragma once

#include <CLI/App.hpp>
#include <string>

// Completion scripts, written from the command line's own description.
namespace pilothouse::cli {

std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);
std::string fish_completion(const CLI::App& app);

}  // namespace pilothouse::cli
