#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "hub/api/http.h"
#include "pages/asset.h"

namespace pilothouse::hub {

// What counts of a request for a page.
struct PageRequest {
  bool reads = true;  // GET or HEAD
  std::string_view target = {};
  std::string_view accept = {};
  std::string_view accept_encoding = {};
  std::string_view if_none_match = {};
};

// The answer to a request outside the API: a file; index.html, in which the browser itself finds the page
// that the path names, with a 404 where there is none; or nothing when it is not about pages at all. `assets`
// live for ever; none: this program was built without.
std::optional<Response> page_response(std::span<const pages::Asset> assets, const PageRequest& request);

}  // namespace pilothouse::hub
