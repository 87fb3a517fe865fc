#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "store/record_store.h"

// What routes know of HTTP; the bytes are src/hub/server's.
namespace pilothouse::hub {

enum class Method { kGet, kPost, kOther };

struct Response {
  unsigned status = 200;
  std::string body;   // of content_type
  std::string allow;  // of a 405: the methods there are

  // Of an answer that is sent piece by piece: the piece behind the one before, empty after the last. Runs on
  // a reader thread; a failure breaks the answer off.
  std::function<base::Result<std::string>(store::RecordStore&)> more = {};

  std::string_view content_type = "application/json";  // a literal
  std::int64_t retry_after = 0;                        // of a 429: seconds
};

// {"error":{"code":...,"message":...}}
Response error_response(unsigned status, std::string_view code, std::string_view message);

}  // namespace pilothouse::hub
