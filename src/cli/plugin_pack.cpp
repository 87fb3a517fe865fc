#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/duration.h"
#include "base/files.h"
#include "cli/plugin.h"
#include "cli/text.h"
#include "trust/signatures/names.h"

namespace pilothouse::cli {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::error;

struct Flags {
  std::string directory;
  std::string output;
  std::string publisher;
  std::string expires = "365d";
  trust::Manifest manifest;
};

struct Found {
  trust::Files files;
  std::size_t skipped = 0;
};

base::Error cannot_read(const fs::path& path, const std::error_code& why) {
  return error(why == std::errc::no_such_file_or_directory ? Errc::kNotFound : Errc::kStorage,
               path.string() + ": " + why.message());
}

// One thing below the directory: a link is refused, a .py is read, anything else is counted.
base::Result<void> take(const fs::directory_entry& entry, const fs::path& root, std::size_t& room,
                        Found& found) {
  std::error_code failed;
  const fs::file_status status = entry.symlink_status(failed);
  if (failed) return cannot_read(entry.path(), failed);
  if (fs::is_symlink(status)) {
    return error(Errc::kStorage, entry.path().string() + " is a symbolic link\nA bundle has no links: put " +
                                     "the file itself there, or take it away.");
  }
  if (fs::is_directory(status)) return {};
  if (entry.path().extension() != ".py") {
    ++found.skipped;
    return {};
  }
  if (found.files.size() == trust::kMaxFiles) {
    return error(Errc::kTooLarge,
                 root.string() + " has over " + std::to_string(trust::kMaxFiles) + " .py files");
  }
  auto bytes = base::read_file(entry.path(), room);
  if (!bytes) {
    if (bytes.error().code != Errc::kTooLarge) return local_failure(bytes.error());
    return error(Errc::kTooLarge,
                 root.string() + " has over " + human_bytes(trust::kDefaultMaxBundle) + " in its .py files");
  }
  room -= bytes->size();
  found.files.emplace(entry.path().lexically_relative(root).generic_string(), std::move(*bytes));
  return {};
}

base::Result<Found> find_files(const fs::path& root) {
  Found found;
  std::size_t room = trust::kDefaultMaxBundle;
  std::error_code failed;
  fs::recursive_directory_iterator walk(root, failed);
  for (const fs::recursive_directory_iterator end; !failed && walk != end; walk.increment(failed)) {
    if (walk->path().filename() == "__pycache__") {
      walk.disable_recursion_pending();
      continue;
    }
    if (const auto taken = take(*walk, root, room, found); !taken) return taken.error();
  }
  if (failed) return local_failure(cannot_read(root, failed));
  if (found.files.empty()) return error(Errc::kStorage, root.string() + " has no .py files");
  return found;
}

base::Error bad_flag(std::string_view flag, std::string_view why) {
  return error(Errc::kInvalidArgument, std::string(flag) + ": " + std::string(why));
}

// The manifest of the flags, without files.
base::Result<trust::Manifest> read_manifest(const Flags& flags) {
  trust::Manifest manifest = flags.manifest;
  if (!trust::is_plugin_name(manifest.name)) return bad_flag("--name", trust::kPluginNameRule);
  if (const auto read = trust::Version::parse(manifest.version); !read) {
    return bad_flag("--version", read.error().message);
  }
  if (const auto read = trust::VersionRange::parse(manifest.python); !read) {
    return bad_flag("--python", read.error().message);
  }
  if (const auto read = trust::VersionRange::parse(manifest.distributed); !read) {
    return bad_flag("--distributed", read.error().message);
  }
  const auto lifetime = base::parse_duration(flags.expires);
  if (!lifetime) return bad_flag("--expires", lifetime.error().message);
  constexpr base::Micros kLongest = 1000LL * 365 * 86'400 * base::kMicrosPerSecond;
  if (*lifetime <= 0 || *lifetime > kLongest) return bad_flag("--expires", "between now and 1000 years");
  manifest.created_us = base::wall_now();
  manifest.expires_us = manifest.created_us + *lifetime;
  const auto publisher = read_public_key(flags.publisher);
  if (!publisher) return publisher.error();
  manifest.publisher = *publisher;
  return manifest;
}

base::Result<void> pack(const Flags& flags) {
  auto manifest = read_manifest(flags);
  if (!manifest) return manifest.error();
  const auto found = find_files(flags.directory);
  if (!found) return found.error();
  const auto bundle = trust::pack_bundle(std::move(*manifest), found->files);
  if (!bundle) return refused("not packed", bundle.error());
  const auto envelope = trust::Envelope::open(*bundle);
  if (!envelope) return refused("not packed", envelope.error());
  const auto contents = trust::read_contents(*envelope);
  if (!contents) return refused("not packed", contents.error());
  if (const auto written = write_new_file(flags.output, *bundle); !written) return written.error();

  Output out;
  out.write(describe(contents->manifest, envelope->sha256()));
  if (found->skipped > 0) {
    out.write("left out: " + std::to_string(found->skipped) + " files that are not .py\n");
  }
  out.write("Packed into " + one_line(flags.output) + ". Nobody has signed it yet.\n");
  return out.finish();
}

}  // namespace

void add_plugin_pack(CLI::App& group, Context& context) {
  const auto flags = std::make_shared<Flags>();
  trust::Manifest& manifest = flags->manifest;
  CLI::App* verb = group.add_subcommand("pack", "Put the .py files below a directory into a bundle");
  verb->add_option("DIRECTORY", flags->directory, "Where the .py files are")->required();
  verb->add_option("-o,--output", flags->output, "The bundle's file, which must not exist")->required();
  verb->add_option("--name", manifest.name, "The plugin's name, like idle-watch")->required();
  verb->add_option("--version", manifest.version, "Its version, like 1.2.0")->required();
  verb->add_option("--entry", manifest.entry, "The module and class to load, like idle:IdleWatch")
      ->required();
  verb->add_option("--kind", manifest.kind, "What it is a plugin of: scheduler, worker or nanny")
      ->required()
      ->check(CLI::IsMember({"scheduler", "worker", "nanny"}));
  verb->add_option("--publisher", flags->publisher, "The key that must sign it: its id, or its .pub file")
      ->required();
  verb->add_option("--python", manifest.python, "For which Python")->capture_default_str();
  verb->add_option("--distributed", manifest.distributed, "For which distributed")->capture_default_str();
  verb->add_option("--expires", flags->expires, "How long it may be loaded")->capture_default_str();
  verb->footer(
      "The modules become a package of their own: they import each other with a leading dot.\n\n"
      "Example:\n  pilothouse plugin pack src -o idle.bundle --name idle-watch --version 1.0.0 \\\n"
      "      --entry idle:IdleWatch --kind scheduler --publisher team.key.pub");
  verb->callback([&context, flags] { context.verb = [flags] { return pack(*flags); }; });
}

}  // namespace pilothouse::cli
