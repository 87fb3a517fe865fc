#include "cli/run.h"

int main(int argc, char** argv) { return pilothouse::cli::run(argc, argv); }
