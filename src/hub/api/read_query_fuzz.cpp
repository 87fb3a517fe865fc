#include <string>

#include "base/fuzz.h"
#include "base/json_parse.h"
#include "base/temporary_directory.h"
#include "hub/api/read_query.h"
#include "store/sqlite/sqlite_store.h"

using namespace pilothouse;

namespace {

// An empty hub in a directory of its own.
struct Scene {
  Scene() {
    store = store::sqlite::SqliteStore::open_writer(directory.path()).value();
    store->create_workspace({"default", "hash"}, {}, 1).value();
    caller = store->authorize("hash", 2).value();
  }

  base::TemporaryDirectory directory;
  std::unique_ptr<store::sqlite::SqliteStore> store;
  store::Caller caller;
};

}  // namespace

// The first line is a request's target, the rest the body of a POST; without a second line it is a GET.
// Routing, parameters, the queries that they become and the answer's JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Scene scene;
  const std::string_view text = base::fuzz_text(data, size);
  const std::size_t line = text.find('\n');
  const bool post = line != std::string_view::npos;
  const std::string body(post ? text.substr(line + 1) : std::string_view());

  auto found = hub::find_route(post ? hub::Method::kPost : hub::Method::kGet, text.substr(0, line));
  hub::Response response;
  if (const auto* target = std::get_if<hub::Target>(&found)) {
    if (target->route->runs == hub::Runs::kIngest) return 0;
    const store::Viewpoint viewpoint{1'769'904'000'000'000, 30'000'000};
    response = target->route->handle(
        {*target, scene.caller, body, viewpoint, *scene.store, *scene.store, *scene.store});
  } else {
    response = std::get<hub::Response>(found);
  }
  base::fuzz_expect(response.status < 500 && base::parse_json(response.body).has_value());
  return 0;
}
