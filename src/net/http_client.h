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

namespace pilothouse::net {

// Where a hub is: "http://host[:port][/prefix]".
struct HubAddress {
  std::string host;
  std::string port;
  std::string prefix;  // "" or "/something", no slash at the end

  static base::Result<HubAddress> parse(std::string_view url);
  std::string to_string() const;
};

struct Response {
  unsigned status = 0;
  std::string body;
};

// One keep-alive connection to one hub. Used by one coroutine at a time on its executor.
class HttpClient {
 public:
  HttpClient(boost::asio::any_io_executor executor, HubAddress address, std::string token);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // `target` starts with "/" and is put behind the address's prefix. Connects if need be; a kept connection
  // that the hub closed meanwhile is opened anew once. kUnavailable or kTimeout when there is no answer; an
  // answer with any HTTP status is a success. Answers over 64 MiB are kTooLarge.
  boost::asio::awaitable<base::Result<Response>> request(boost::beast::http::verb method, std::string target,
                                                         std::string body, std::string content_type,
                                                         std::chrono::milliseconds timeout);
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// One request on a private event loop, for command lines. `body` empty: none is sent, and no content type.
base::Result<Response> request_blocking(const HubAddress& address, const std::string& token,
                                        boost::beast::http::verb method, std::string target,
                                        std::string body = {}, std::string content_type = "application/json",
                                        std::chrono::milliseconds timeout = std::chrono::seconds(30));

}  // namespace pilothouse::net
