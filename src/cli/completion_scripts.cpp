#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/completion.h"

namespace pilothouse::cli {
namespace {

struct Word {
  std::string text;
  std::string help;
  bool takes_value = false;
};

// One level of the command line: "", "clusters", "workspace create".
struct Level {
  std::string path;
  std::vector<Word> verbs;
  std::vector<Word> options;
};

std::string first_sentence(const std::string& help) { return help.substr(0, help.find('\n')); }

void collect(const CLI::App& app, const std::string& path, std::vector<Level>& levels) {
  Level level{path, {}, {}};
  for (const CLI::App* verb : app.get_subcommands(nullptr)) {
    level.verbs.push_back({verb->get_name(), first_sentence(verb->get_description())});
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      level.options.push_back(
          {"--" + name, first_sentence(option->get_description()), option->get_expected_max() > 0});
    }
  }
  levels.push_back(level);
  for (const CLI::App* verb : app.get_subcommands(nullptr)) {
    collect(*verb, path.empty() ? verb->get_name() : path + " " + verb->get_name(), levels);
  }
}

std::vector<Level> levels_of(const CLI::App& app) {
  std::vector<Level> levels;
  collect(app, "", levels);
  return levels;
}

// In single quotes for a POSIX shell; fish reads the same text the same way when it has no backslash.
std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

std::string options_with_values(const std::vector<Level>& levels) {
  std::vector<std::string> names;
  for (const Level& level : levels) {
    for (const Word& option : level.options) {
      if (option.takes_value) names.push_back(option.text);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : "|") + name;
  return joined;
}

// Shell code that leaves the level of the command line in `level`. `word_at` reads word number i.
std::string find_level(const std::vector<Level>& levels, std::string_view first, std::string_view end,
                       std::string_view word_at) {
  std::string code = "  local level='' word skip='' i\n  for ((i = ";
  code.append(first)
      .append("; i < ")
      .append(end)
      .append("; i++)); do\n    word=\"")
      .append(word_at)
      .append("\"\n");
  code += "    if [[ -n $skip ]]; then skip=''; continue; fi\n";
  code += "    case \"$level $word\" in\n";
  code += "      *' '" + std::string("--*=*") + ") ;;\n";
  for (const Level& level : levels) {
    for (const Word& verb : level.verbs) {
      const std::string inner = level.path.empty() ? verb.text : level.path + " " + verb.text;
      code += "      " + in_quotes(level.path + " " + verb.text) + ") level=" + in_quotes(inner) + " ;;\n";
    }
  }
  code += "      *)\n        case \"$word\" in\n          " + options_with_values(levels) +
          ") skip=1 ;;\n        esac ;;\n";
  return code + "    esac\n  done\n";
}

std::vector<Word> words_of(const Level& level, const Level& root) {
  std::vector<Word> words = level.verbs;
  words.insert(words.end(), level.options.begin(), level.options.end());
  if (&level == &root) return words;
  for (const Word& option : root.options) {  // global options are taken behind a verb as well
    const bool known =
        std::any_of(words.begin(), words.end(), [&](const Word& w) { return w.text == option.text; });
    if (!known && option.text != "--version") words.push_back(option);
  }
  return words;
}

std::string zsh_entry(const Word& word) {
  std::string text = word.text + ":";
  for (const char c : word.help) {
    if (c == ':' || c == '\\') text += '\\';
    text += c;
  }
  return in_quotes(text);
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  const std::vector<Level> levels = levels_of(app);
  std::string script =
      "# bash completion for pilothouse; load it with: source <(pilothouse completion bash)\n";
  script += "_pilothouse() {\n  local words=''\n";
  script += find_level(levels, "1", "COMP_CWORD", "${COMP_WORDS[i]}");
  script += "  [[ -n $skip ]] && return\n  case \"$level\" in\n";
  for (const Level& level : levels) {
    std::string words;
    for (const Word& word : words_of(level, levels.front())) words += (words.empty() ? "" : " ") + word.text;
    script += "    " + in_quotes(level.path) + ") words=" + in_quotes(words) + " ;;\n";
  }
  script += "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n";
  return script + "complete -o default -F _pilothouse pilothouse\n";
}

std::string zsh_completion(const CLI::App& app) {
  const std::vector<Level> levels = levels_of(app);
  std::string script =
      "#compdef pilothouse\n# zsh completion for pilothouse; load it with: source <(pilothouse completion "
      "zsh)\n";
  script += "_pilothouse() {\n  local -a entries\n";
  script += find_level(levels, "2", "CURRENT", "${words[i]}");
  script += "  [[ -n $skip ]] && { _files; return }\n  case \"$level\" in\n";
  for (const Level& level : levels) {
    script += "    " + in_quotes(level.path) + ")\n      entries=(\n";
    for (const Word& word : words_of(level, levels.front())) script += "        " + zsh_entry(word) + "\n";
    script += "      ) ;;\n";
  }
  script += "  esac\n  _describe pilothouse entries || _files\n}\n";
  return script + "compdef _pilothouse pilothouse\n";
}

std::string fish_completion(const CLI::App& app) {
  const std::vector<Level> levels = levels_of(app);
  std::string script =
      "# fish completion for pilothouse; load it with: pilothouse completion fish | source\n";
  for (const Level& level : levels) {
    std::string inner;
    for (const Word& verb : level.verbs) inner += " " + verb.text;
    std::string here = "__fish_use_subcommand";
    if (!level.path.empty()) {
      here.clear();
      std::string_view rest = level.path;
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        here += (here.empty() ? "" : "; and ");
        here += "__fish_seen_subcommand_from " + std::string(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    const std::string verb_place =
        level.path.empty() || inner.empty() ? here : here + "; and not __fish_seen_subcommand_from" + inner;
    for (const Word& verb : level.verbs) {
      script += "complete -c pilothouse -f -n " + in_quotes(verb_place) + " -a " + in_quotes(verb.text) +
                " -d " + in_quotes(verb.help) + "\n";
    }
    for (const Word& option : level.options) {
      if (!level.path.empty() && option.text == "--help") continue;
      const bool everywhere = level.path.empty() && option.text != "--version";
      script += "complete -c pilothouse" + (everywhere ? std::string() : " -n " + in_quotes(here)) + " -l " +
                option.text.substr(2) + (option.takes_value ? " -r" : "") + " -d " + in_quotes(option.help) +
                "\n";
    }
  }
  return script;
}

}  // namespace pilothouse::cli
