#include "cli/completion.h"

#include <memory>

#include "cli/verbs.h"

namespace pilothouse::cli {

void add_completion(CLI::App& app, Context& context) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("completion", "Print a script that completes this command in a shell");
  verb->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  verb->footer("Example:\n  source <(pilothouse completion bash)");
  verb->callback([&app, &context, shell] {
    context.verb = [&app, shell] {
      Output out;
      out.write(*shell == "bash"  ? bash_completion(app)
                : *shell == "zsh" ? zsh_completion(app)
                                  : fish_completion(app));
      return out.finish();
    };
  });
}

}  // namespace pilothouse::cli
