#include "cli/browser.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <sstream>
#include <thread>
#include <vector>

namespace pilothouse::cli {
namespace {

// One that still runs after that shows the page.
constexpr std::chrono::seconds kPatience(5);
constexpr std::chrono::milliseconds kPoll(20);

using Words = std::vector<std::string>;

// As other programs read it: commands with a colon between them, where %s stands for the URL.
std::vector<Words> commands_of(const std::string& browser, const std::string& url) {
  std::vector<Words> commands;
  std::istringstream entries(browser);
  for (std::string entry; std::getline(entries, entry, ':');) {
    Words words;
    bool given = false;
    std::istringstream parts(entry);
    for (std::string word; parts >> word;) {
      if (const auto place = word.find("%s"); place != std::string::npos) {
        word.replace(place, 2, url);
        given = true;
      }
      words.push_back(word);
    }
    if (words.empty()) continue;
    if (!given) words.push_back(url);
    commands.push_back(std::move(words));
  }
  return commands;
}

// False when it cannot be started, or ends at once with a failure.
bool start(const Words& words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&files, file, "/dev/null", O_RDWR, 0);
  }
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);  // this process ignores it
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, arguments[0], &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) return false;

  const auto end = std::chrono::steady_clock::now() + kPatience;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() >= end) return true;
    std::this_thread::sleep_for(kPoll);
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

bool show_in_browser(const Environment& environment, const std::string& url) {
  std::vector<Words> commands = commands_of(environment.browser.value_or(""), url);
  if (environment.display) commands.push_back({"xdg-open", url});
  commands.push_back({"wslview", url});
  for (const Words& command : commands) {
    if (start(command)) return true;
  }
  return false;
}

}  // namespace pilothouse::cli
