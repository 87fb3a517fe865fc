#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/verb.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/hub_address.h"
#include "net/tls.h"

namespace pilothouse::net {

// Where the hub is, and how to be let in.
struct HubAccess {
  HubAddress address;
  std::string token;  // "" when there is none
  TlsContext tls;     // whom to trust; not used for http://

  // `ca_pem`: as client_tls() takes it.
  static base::Result<HubAccess> make(HubAddress address, std::string token, std::string_view ca_pem);
};

struct Response {
  unsigned status = 0;
  std::string body;
};

// One keep-alive connection to one hub. Used by one coroutine at a time on its executor.
class HttpClient {
 public:
  HttpClient(boost::asio::any_io_executor executor, HubAccess hub);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // `target` starts with "/" and is put behind the address's prefix. Connects if need be; a kept connection
  // that the hub closed meanwhile is opened anew once. kUnavailable or kTimeout when there is no answer, or
  // none that may be trusted; the message then has a second line that says what to do. An answer with any
  // HTTP status is a success. Answers over 64 MiB are kTooLarge.
  boost::asio::awaitable<base::Result<Response>> request(boost::beast::http::verb method, std::string target,
                                                         std::string body, std::string content_type,
                                                         std::chrono::milliseconds timeout);
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// One request on a private event loop, for command lines. `body` empty: none is sent, and no content type.
base::Result<Response> request_blocking(const HubAccess& hub, boost::beast::http::verb method,
                                        std::string target, std::string body = {},
                                        std::string content_type = "application/json",
                                        std::chrono::milliseconds timeout = std::chrono::seconds(30));

}  // namespace pilothouse::net
