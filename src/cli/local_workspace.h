#pragma once

#include <CLI/App.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "cli/context.h"
#include "store/workspaces.h"

// What the verbs share that change who may come in, on the hub's machine.
namespace pilothouse::cli {

void add_state_dir_flag(CLI::App& verb, std::string& state_dir);

// The workspace of --workspace in that directory; without one, the first that a hub makes.
base::Result<store::OpenWorkspace> open_local(const Context& context, const std::string& state_dir,
                                              store::For what);

boost::json::value value_or_null(const std::optional<std::int64_t>& value);

// Every page of a listing of `workspace`, from the first on. `ask` is a question to the store.
template <class Item, class Ask, class Take>
base::Result<void> each_item(const store::Workspace& workspace, store::Query query, const Ask& ask,
                             const Take& take) {
  query.workspace = workspace.id;
  do {
    const base::Result<store::Page<Item>> page = ask(query);
    if (!page) return page.error();
    for (const Item& item : page->items) take(item);
    query.cursor = page->next;
  } while (query.cursor);
  return {};
}

// The failure, with what to do next when the thing was not found.
base::Error with_hint(base::Error failure, std::string_view hint);

}  // namespace pilothouse::cli
