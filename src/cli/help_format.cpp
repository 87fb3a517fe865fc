#include "cli/help_format.h"

namespace pilothouse::cli {

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
  if (option->get_type_size() == 0) return {};
  std::string text;
  const std::string type = option->get_type_name();
  if (!option->get_positional() && !type.empty()) text += " " + type.substr(0, type.find(':'));
  if (!option->get_default_str().empty()) text += " [" + option->get_default_str() + "]";
  return text;
}

}  // namespace pilothouse::cli
