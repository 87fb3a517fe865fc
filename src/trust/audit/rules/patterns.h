#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pilothouse::audit {

// Patterns of dotted paths. A path says what a value is, as it would be written with every alias resolved:
// "os.system", "builtins.exec", "urllib3.PoolManager().request().data", "dask.config.get()". "()" is the
// result of a call, "[]" an element or item; both are parts of their own. In a pattern, "*" stands for any
// characters within a name, "**" for any number of parts (also none, also calls and items), "{a,b}" for
// either, and either may be empty: "requests.{get,post}", "json.load{s,}", "requests.Session().*",
// "**.add_plugin".
class Patterns {
 public:
  Patterns();
  ~Patterns();
  Patterns(Patterns&&) noexcept;
  Patterns& operator=(Patterns&&) noexcept;

  base::Result<void> add(std::string_view pattern, std::uint32_t id);

  // The ids of all patterns that match the whole path, ascending, none twice. Linear in the path for patterns
  // without "**" in front.
  std::vector<std::uint32_t> match(std::string_view path) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

}  // namespace pilothouse::audit
