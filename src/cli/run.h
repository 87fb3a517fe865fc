#pragma once

#include <span>

#include "pages/asset.h"

namespace pilothouse::cli {

// The whole command line; the result is the process's exit code. Called once, from main(). `pages` are what a
// hub serves to browsers, `report_page` is what reports are made of.
int run(int argc, const char* const* argv, std::span<const pages::Asset> pages,
        const pages::Asset* report_page);

}  // namespace pilothouse::cli
