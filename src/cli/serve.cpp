#include "cli/verbs.h"
namespace pilothouse::cli {
void add_serve(CLI::App&, Context&) {}
}  // namespace pilothouse::cli
