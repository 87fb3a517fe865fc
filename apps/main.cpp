#include "cli/run.h"
#include "pages/pages.h"

int main(int argc, char** argv) {
  return pilothouse::cli::run(argc, argv, pilothouse::pages::built_in(), pilothouse::pages::report_page());
}
