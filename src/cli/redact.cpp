#include "recorder/core/redact.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "cli/text.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

using base::Errc;
using base::error;

constexpr std::size_t kMaxText = 16U << 20;

struct Flags {
  std::string file = "-";
  recorder::RedactOptions options;
  bool list = false;
};

base::Result<std::string> read_text(const std::string& name) {
  const bool is_file = name != "-";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      is_file ? std::fopen(name.c_str(), "rb") : stdin, is_file ? std::fclose : [](std::FILE*) { return 0; });
  if (file == nullptr) return error(Errc::kNotFound, one_line(name) + ": " + std::strerror(errno));
  std::string text;
  std::size_t size = 0;
  do {
    const std::size_t before = text.size();
    text.resize(before + (64U << 10));
    size = std::fread(text.data() + before, 1, text.size() - before, file.get());
    text.resize(before + size);
  } while (size > 0 && text.size() <= kMaxText);
  if (std::ferror(file.get()) != 0)
    return error(Errc::kStorage, one_line(name) + ": " + std::strerror(errno));
  if (text.size() > kMaxText) return error(Errc::kTooLarge, one_line(name) + " has more than 16 MiB");
  return text;
}

void write(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

base::Result<void> redact(const Flags& flags) {
  if (flags.list) {
    for (const std::string& name : recorder::Redactor::rule_names()) write(name + "\n");
    return {};
  }
  auto redactor = recorder::Redactor::create(flags.options);
  if (!redactor) return error(redactor.error().code, one_line(redactor.error().message));
  const auto text = read_text(flags.file);
  if (!text) return text.error();
  write(redactor->redact(*text));
  return {};
}

}  // namespace

void add_redact(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("redact", "Show a text as a recorder would keep it, without secrets");
  verb->add_option("FILE", flags->file, "The text; default: what is typed or piped in");
  verb->add_option("--pattern", flags->options.patterns,
                   "A further expression, like pilothouse.redact.patterns")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  verb->add_option("--ignore", flags->options.ignore, "A rule to leave out, like pilothouse.redact.ignore")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  verb->add_flag("--list", flags->list, "Only list the names of the rules");
  verb->footer(
      "It asks no hub, and reads no configuration.\n\n"
      "Example:\n  pilothouse redact --pattern 'EMP-[0-9]{6}' scheduler.log");
  verb->callback([&context, flags] { context.verb = [flags] { return redact(*flags); }; });
}

}  // namespace pilothouse::cli
