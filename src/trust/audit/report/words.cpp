#include "trust/audit/report/words.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/utf8.h"

namespace pilothouse::audit {
namespace {

constexpr std::size_t kLongestName = 90;

struct Label {
  std::string_view label, reads, noun, controls;
};
constexpr std::array<Label, 12> kLabels = {{
    {"network", "reads from the network", "the network",
     "whoever controls that server, or stands on the way to it,"},
    {"message", "takes messages of other processes", "messages of other processes",
     "whoever can send such a message"},
    {"environment", "reads environment variables", "the environment", "whoever sets the environment"},
    {"config", "reads configuration", "configuration", "whoever may write the configuration"},
    {"file", "reads files", "files", "whoever may write that file"},
    {"database", "reads databases", "databases", "whoever may write that database"},
    {"stdin", "reads standard input", "standard input", "whoever feeds standard input"},
    {"argument", "takes command-line arguments", "the command line", "whoever writes the command line"},
    {"caller", "takes values from its callers", "callers", "a caller that passes on what others sent"},
    {"clipboard", "reads the clipboard", "the clipboard", "whoever fills the clipboard"},
    {"secret", "reads secrets", "secrets", "whoever knows these secrets"},
    {"host", "asks what host it is on, and whose", "facts about the host", "whoever sets up the host"},
}};

struct Category {
  std::string_view category, does, done, effect, advice;
};
constexpr std::string_view kCheckFirst =
    "Compare a pinned hash or verify a signature before the bytes are used.";
constexpr std::array<Category, 13> kCategories = {{
    {"code", "runs code that it makes at run time", "is run as code", "decides what this process runs",
     kCheckFirst},
    {"compile", "compiles code at run time", "is compiled as code", "decides what this process runs",
     kCheckFirst},
    {"unpickle", "makes objects from bytes in ways that can run code",
     "is made into objects in a way that can run code", "can run code in this process",
     "Use a format that holds only data, such as JSON, or verify a signature first."},
    {"command", "starts commands", "is run as a command", "can run commands here",
     "Start programs by a list of arguments without a shell, and take only values from a list of known "
     "ones."},
    {"native", "calls native code", "is handed to native code", "decides what native code does here",
     "Load only libraries that are part of the package."},
    {"import", "imports modules whose names are computed", "decides what is imported",
     "decides what is imported, and so run", "Take the name from a list of known ones."},
    {"file", "writes files", "is written to a file", "decides what is written",
     "Write only below a directory of the program's own, and not what others run."},
    {"send", "sends data out", "is sent out", "sees it leave this machine",
     "Send only what the receiver must have."},
    {"attribute", "changes attributes of modules or of the interpreter", "is set as an attribute of a module",
     "changes what other code does", "Leave modules of others as they are."},
    {"register", "registers plugins", "is registered as a plugin",
     "decides what the scheduler and its workers run",
     "Register only classes of installed packages, or of bundles whose signature was verified."},
    {"unpack", "unpacks archives", "is unpacked", "decides what files are written",
     "Refuse members that lead out of the directory."},
    {"delete", "deletes files", "decides what is deleted", "decides what is deleted",
     "Delete only below a directory of the program's own."},
    {"persist", "arranges to be run again", "is put where it is run again", "has it run again and again",
     "Leave the start of programs to whoever runs the machine."},
}};

// Whether a code point may stand in a sentence: those that steer a terminal or turn the direction may not.
bool is_plain(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7F) return false;
  if (byte(0) == 0xC2) return byte(1) >= 0xA0;
  if (byte(0) != 0xE2) return true;
  if (byte(1) == 0x80) return byte(2) != 0x8E && byte(2) != 0x8F && (byte(2) < 0xA8 || byte(2) > 0xAE);
  return byte(1) != 0x81 || byte(2) < 0xA6 || byte(2) > 0xA9;
}

std::size_t length_of(unsigned char lead) { return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

}  // namespace

std::string count_of(std::uint64_t count, std::string_view thing) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  digits.append(" ").append(thing);
  if (count == 1) return digits;
  const bool hisses = thing.ends_with('s') || thing.ends_with('x') || thing.ends_with("ch");
  return digits + (hisses ? "es" : "s");
}

std::string list_of(const std::vector<std::string>& things, std::size_t most) {
  if (things.empty()) return {};
  const std::size_t shown = things.size() <= most ? things.size() : most;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == things.size();
    if (i > 0) text += last ? " and " : ", ";
    text += things[i];
  }
  if (shown < things.size()) text += " and " + std::to_string(things.size() - shown) + " more";
  return text;
}

std::string shortened(std::string_view text, std::size_t limit) {
  std::string line;
  bool blank = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = length_of(static_cast<unsigned char>(text[at]));
    const std::string_view part = text.substr(at, length);
    const bool whole = base::is_utf8(part);
    if (part == " " || part == "\n" || part == "\t" || part == "\r") {
      blank = !line.empty();
    } else {
      if (blank) line += ' ';
      blank = false;
      line += whole && is_plain(text, at) ? part : std::string_view("\xEF\xBF\xBD");
    }
    at += whole ? length : 1;
    if (line.size() > limit + 8) break;
  }
  if (line.size() <= limit) return line;
  return std::string(base::utf8_prefix(line, limit - 3)) + "...";
}

std::string named(std::string_view name) {
  constexpr std::string_view kBuiltins = "builtins.";
  if (name.starts_with(kBuiltins) && name.size() > kBuiltins.size()) name.remove_prefix(kBuiltins.size());
  if (name.starts_with("?.")) name.remove_prefix(2);  // of something that is not known
  std::string text = shortened(name, kLongestName);
  for (char& c : text) {
    if (c == '`') c = '\'';
  }
  return "`" + text + "`";
}

std::string upper_first(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string decimals(double value) {
  std::array<char, 32> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, 2).ptr;
  return {digits.data(), end};
}

LabelWords words_of_label(std::string_view label) {
  for (const Label& known : kLabels) {
    if (known.label == label) {
      return {std::string(known.reads), std::string(known.noun), std::string(known.controls)};
    }
  }
  const std::string name(label.empty() ? "outside" : label);
  return {"takes values from " + name, name, "whoever decides on " + name};
}

std::size_t rank_of_label(std::string_view label) {
  const auto at =
      std::find_if(kLabels.begin(), kLabels.end(), [&](const Label& l) { return l.label == label; });
  return static_cast<std::size_t>(at - kLabels.begin());
}

CategoryWords words_of_category(std::string_view category) {
  for (const Category& known : kCategories) {
    if (known.category == category) {
      return {std::string(known.does), std::string(known.done), std::string(known.effect),
              std::string(known.advice)};
    }
  }
  const std::string name(category.empty() ? "other" : category);
  return {"has sinks of the category " + name, "reaches a sink of the category " + name,
          "decides what comes of it", "Check the value first."};
}

std::size_t rank_of_category(std::string_view category) {
  const auto at = std::find_if(kCategories.begin(), kCategories.end(),
                               [&](const Category& c) { return c.category == category; });
  return static_cast<std::size_t>(at - kCategories.begin());
}

std::string_view level_of(double score) {
  if (score >= 0.7) return "high";
  if (score >= 0.4) return "medium";
  if (score >= 0.15) return "low";
  return "very low";
}

}  // namespace pilothouse::audit
