#pragma once

#include <span>

#include "pages/asset.h"

namespace pilothouse::cli {

// The whole command line; the result is the process's exit code. Called once, from main(). `pages` are what a
// hub serves to browsers.
int run(int argc, const char* const* argv, std::span<const pages::Asset> pages);

}  // namespace pilothouse::cli
