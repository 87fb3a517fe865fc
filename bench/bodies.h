#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/session_id.h"
#include "sender.h"
#include "tape/chunk.h"

namespace pilothouse::bench {

// The request bodies of one recorder, made as it makes them. A body is what was appended since the last
// take().
class Bodies {
 public:
  Bodies() : session_(base::SessionId::random()) {}

  const base::SessionId& session() const { return session_; }
  void add(tape::Kind kind, std::uint32_t records, std::string_view payload);
  void add_session(std::string_view scheduler_id);
  // One that is over.
  void add_computation(std::string_view id, base::Micros start, base::Micros stop, std::uint64_t tasks);
  Body take();

 private:
  base::SessionId session_;
  std::uint64_t sequence_ = 1;
  std::string body_;
};

}  // namespace pilothouse::bench
