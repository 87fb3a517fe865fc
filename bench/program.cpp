#include "program.h"

#include <exception>
#include <filesystem>
#include <iostream>

namespace pilothouse::bench {

int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& work) {
  CLI11_PARSE(app, argc, argv);
  try {
    work();
  } catch (const std::exception& failure) {
    std::cerr << std::filesystem::path(argv[0]).filename().string() << ": " << failure.what() << '\n';
    return 1;
  }
  return 0;
}

}  // namespace pilothouse::bench
