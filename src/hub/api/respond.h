#pragma once

#include <optional>
#include <string>

#include "hub/api/cursor.h"
#include "hub/api/handlers.h"
#include "hub/api/json_writer.h"
#include "hub/api/read_query.h"
#include "hub/api/routes.h"
#include "store/record_store.h"

// How handlers answer. What is answered has a write(JsonWriter&, const Thing&) that is declared before.
namespace pilothouse::hub {

template <class Thing>
Response one_response(const Thing& thing, unsigned status = 200) {
  JsonWriter out;
  write(out, thing);
  return {status, out.take(), {}};
}

template <class Item>
Response page_response(const Call& call, const store::Page<Item>& page) {
  JsonWriter out;
  out.begin_object();
  out.key("items");
  out.begin_array();
  for (const Item& item : page.items) write(out, item);
  out.end_array();
  std::optional<std::string> next;
  if (page.next) next = encode_cursor(call.target.route->listing, *page.next);
  out.field("next", next);
  out.end_object();
  return {200, out.take(), {}};
}

// One listing: what was asked, one question to the store, one page.
template <class Store, class Item>
Response list(const Call& call, Store& asked,
              base::Result<store::Page<Item>> (Store::*ask)(const store::Query&)) {
  const auto query = read_query(call);
  if (const Response* refusal = std::get_if<Response>(&query)) return *refusal;
  const auto page = (asked.*ask)(std::get<store::Query>(query));
  if (!page) return failure_response(page.error());
  return page_response(call, *page);
}

}  // namespace pilothouse::hub
