#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "hub/api/routes.h"
#include "hub/bell.h"

namespace pilothouse::hub {

// Which clusters changed, for those who follow that. What nobody has taken yet is a set of ids, and not even
// that when it becomes long, so whoever listens slowly costs no more than others. The network thread's.
class Changes {
 public:
  struct News {
    bool all = false;  // more than can be named
    std::vector<std::int64_t> clusters;
  };

  // One who listens, for as long as it lives.
  class Listener {
   public:
    Listener(Changes& changes, const store::Caller& caller, std::optional<std::int64_t> only)
        : changes_(changes), workspace_(caller.workspace.id), token_(caller.token), only_(only) {}
    ~Listener() { changes_.listeners_.erase(place_); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    bool has_news() const { return all_ || !clusters_.empty(); }
    News take_news();

    // True once after what tokens are good for was changed.
    bool take_doubt() { return std::exchange(doubt_, false); }

    // Rings when there are news or doubts where there were none.
    Bell& bell() { return bell_; }

   private:
    friend class Changes;
    void hear(std::int64_t cluster);

    Changes& changes_;
    std::list<Listener*>::iterator place_;
    const std::int64_t workspace_;
    const std::int64_t token_;
    const std::optional<std::int64_t> only_;  // this cluster
    std::set<std::int64_t> clusters_;
    bool all_ = false;
    bool doubt_ = false;
    Bell bell_;
  };

  // `most` listeners at a time.
  explicit Changes(std::size_t most) : most_(most) {}

  // A listener for a request to /api/v1/changes; or a 429 or 503 when there are too many, or a 400.
  std::variant<std::unique_ptr<Listener>, Response> listen(const Target& target, const store::Caller& caller);

  void note(std::int64_t workspace, std::int64_t cluster);

  // Something about the tokens of a workspace was changed.
  void doubt_tokens(std::int64_t workspace);

 private:
  const std::size_t most_;
  std::list<Listener*> listeners_;
};

}  // namespace pilothouse::hub
