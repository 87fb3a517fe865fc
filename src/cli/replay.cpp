#include <cstdio>
#include <memory>
#include <optional>

#include "base/paths.h"
#include "cli/tape_file.h"
#include "cli/verbs.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;
using base::Errc;
using base::error;

constexpr std::size_t kRequestBytes = 4U << 20;  // about

struct Flags {
  std::string file;
};

// Collects chunks to requests and sends them.
class Sender {
 public:
  Sender(const HubClient& hub, bool progress) : hub_(hub), progress_(progress) {}

  base::Result<void> take(const tape::ChunkView& chunk, std::string_view bytes) {
    const bool full = !body_.empty() && body_.size() + bytes.size() > kRequestBytes;
    if (full || (session_ && *session_ != chunk.session)) {
      if (auto sent = send(); !sent) return sent;
    }
    session_ = chunk.session;
    last_ = chunk.sequence;
    body_ += bytes;
    ++chunks_;
    return {};
  }

  base::Result<void> send() {
    if (body_.empty()) return {};
    const auto answer = hub_.upload(session_->to_string(), std::move(body_), last_);
    body_.clear();
    if (!answer) return answer.error();
    if (const json::value* cluster = answer->if_contains("cluster"); cluster && cluster->is_int64()) {
      cluster_ = cluster->get_int64();
    }
    if (progress_) std::fprintf(stderr, "\r%llu chunks", static_cast<unsigned long long>(chunks_));
    return {};
  }

  std::uint64_t chunks() const { return chunks_; }
  std::int64_t cluster() const { return cluster_; }
  bool progress() const { return progress_; }

 private:
  const HubClient& hub_;
  const bool progress_;
  std::optional<base::SessionId> session_;
  std::string body_;
  std::uint64_t last_ = 0;  // sequence in body_
  std::uint64_t chunks_ = 0;
  std::int64_t cluster_ = 0;
};

base::Result<void> replay(const Context& context, const Flags& flags) {
  const auto file = TapeFile::open(flags.file);
  if (!file) return file.error();
  const auto hub = context.hub();
  if (!hub) return hub.error();
  Sender sender(*hub, context.terminal.interactive);
  auto sent = file->each_chunk(
      [&](const tape::ChunkView& chunk, std::string_view bytes) { return sender.take(chunk, bytes); });
  if (sent) sent = sender.send();
  if (sender.progress()) std::fputs("\n", stderr);
  if (!sent) return sent;
  Output out;
  out.write("cluster " + std::to_string(sender.cluster()) + ": " + std::to_string(sender.chunks()) +
            " chunks; what the hub had already has not changed\n");
  return out.finish();
}

}  // namespace

void add_replay(CLI::App& app, Context& context) {
  const auto flags = std::make_shared<Flags>();
  CLI::App* verb = app.add_subcommand("replay", "Send a tape to a hub; the file stays as it is");
  verb->add_option("FILE", flags->file, "A recorder's file, or chunks one after the other")->required();
  verb->footer("Example:\n  pilothouse replay nightly.tape --address http://127.0.0.1:8790");
  verb->callback([&context, flags] { context.verb = [&context, flags] { return replay(context, *flags); }; });
}

}  // namespace pilothouse::cli
