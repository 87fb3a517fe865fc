#pragma once

#include <string>
#include <string_view>
#include <utility>

// What routes know of HTTP; the bytes are src/hub/server's.
namespace pilothouse::hub {

enum class Method { kGet, kPost, kOther };

struct Response {
  unsigned status = 200;
  std::string body;   // JSON
  std::string allow;  // of a 405: the methods there are
};

// {"error":{"code":...,"message":...}}
Response error_response(unsigned status, std::string_view code, std::string_view message);

}  // namespace pilothouse::hub
