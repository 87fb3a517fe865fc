#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/record_store.h"

// What routes know of HTTP; the bytes are src/hub/server's.
namespace pilothouse::hub {

enum class Method { kGet, kPost, kOther };

// Both are literals, or live as long.
struct Header {
  std::string_view name;
  std::string_view value;
};

struct Response {
  unsigned status = 200;
  std::string body;   // of content_type
  std::string allow;  // of a 405: the methods there are

  // Of an answer that is sent piece by piece: the piece behind the one before, empty after the last. Runs on
  // a reader thread; a failure breaks the answer off.
  std::function<base::Result<std::string>(store::RecordStore&)> more = {};

  std::string_view content_type = "application/json";  // a literal
  std::int64_t retry_after = 0;                        // of a 429: seconds
  std::vector<Header> headers = {};                    // more of them, or others than usual
  std::string_view fixed = {};                         // in place of the body: bytes that are always there
};

// {"error":{"code":...,"message":...}}
Response error_response(unsigned status, std::string_view code, std::string_view message);

}  // namespace pilothouse::hub
