#pragma once

#include <CLI/App.hpp>
#include <boost/json.hpp>
#include <cstddef>
#include <functional>
#include <string>

#include "base/error.h"
#include "cli/column.h"
#include "cli/hub_client.h"
#include "cli/terminal.h"

namespace pilothouse::cli {

// How a listing is shown.
struct ListingFlags {
  std::size_t limit = 100;
  bool all = false;
  bool json = false;
  bool csv = false;
};

// What is asked of the hub.
struct FilterFlags {
  std::string since;
  std::string until;
  std::string user;
  std::string status;
  std::string text;
};

void add_listing_flags(CLI::App& verb, ListingFlags& flags);

// `states` are the values of --status; `since` its default ("" for all of history).
void add_filter_flags(CLI::App& verb, FilterFlags& flags, const std::string& states,
                      const std::string& since);

Query filter_query(const FilterFlags& flags, const HubClient& hub);

struct Listing {
  std::string path;
  Query query;
  Columns columns;
  std::string plural;  // "clusters"
};

// Shows a listing as a table, JSON or CSV on standard output; what is left out is said on standard error.
base::Result<void> show_listing(const HubClient& hub, const Listing& listing, const ListingFlags& flags,
                                const Terminal& terminal);

// Shows each item of a listing by `show`, for what does not fit into a table.
using ShowItem = std::function<std::string(const boost::json::object& item)>;
base::Result<void> show_items(const HubClient& hub, const Listing& listing, const ListingFlags& flags,
                              const ShowItem& show);

// The table of items that are already here.
std::string table_of(const Columns& columns, const boost::json::array& items, const Terminal& terminal);

}  // namespace pilothouse::cli
