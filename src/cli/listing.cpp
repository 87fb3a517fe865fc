#include "cli/listing.h"

#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "cli/table.h"

namespace pilothouse::cli {
namespace {

namespace json = boost::json;

std::optional<std::size_t> limit_of(const ListingFlags& flags) {
  return flags.all ? std::nullopt : std::optional(flags.limit);
}

Columns table_columns(const Columns& columns) {
  Columns shown;
  for (const Column& column : columns) {
    if (column.shown != Shown::kCsvOnly) shown.push_back(column);
  }
  return shown;
}

void add_rows(std::vector<Row>& rows, const Columns& columns, const json::array& items,
              const Terminal& terminal) {
  for (const json::value& item : items) {
    const json::object* object = item.if_object();
    if (object == nullptr) continue;
    Row& row = rows.emplace_back();
    for (const Column& column : columns) row.push_back(table_cell(column, *object, terminal));
  }
}

void say_the_rest(std::size_t shown, bool more, const std::string& plural, const Query& query) {
  if (more) {
    std::fprintf(stderr, "%zu shown, there are more %s: --limit N or --all\n", shown, plural.c_str());
  } else if (shown == 0) {
    std::string since;
    for (const auto& [name, value] : query) {
      if (name == "since") since = value;
    }
    const std::string hint = since.empty() ? "" : " (--since " + since + "; --since all looks at everything)";
    std::fprintf(stderr, "no %s%s\n", plural.c_str(), hint.c_str());
  }
}

class Writer {
 public:
  virtual ~Writer() = default;
  virtual void begin(Output&) {}
  virtual void page(Output& out, const json::array& items) = 0;
  virtual void end(Output&) {}
};

class JsonWriter : public Writer {
 public:
  void begin(Output& out) override { out.write("["); }
  void page(Output& out, const json::array& items) override {
    for (const json::value& item : items) {
      out.write(first_ ? "\n" : ",\n");
      out.write(json::serialize(item));
      first_ = false;
    }
  }
  void end(Output& out) override { out.write(first_ ? "]\n" : "\n]\n"); }

 private:
  bool first_ = true;
};

class CsvWriter : public Writer {
 public:
  explicit CsvWriter(const Columns& columns) : columns_(columns) {}
  void begin(Output& out) override {
    std::vector<std::string> titles;
    for (const Column& column : columns_) titles.emplace_back(column.title);
    out.write(csv_line(titles));
  }
  void page(Output& out, const json::array& items) override {
    for (const json::value& item : items) {
      const json::object* object = item.if_object();
      if (object == nullptr) continue;
      std::vector<std::string> cells;
      for (const Column& column : columns_) cells.push_back(csv_cell(column, *object));
      out.write(csv_line(cells));
    }
  }

 private:
  const Columns& columns_;
};

class TableWriter : public Writer {
 public:
  TableWriter(const Columns& columns, const Terminal& terminal)
      : columns_(table_columns(columns)), terminal_(terminal) {}
  void page(Output&, const json::array& items) override { add_rows(rows_, columns_, items, terminal_); }
  void end(Output& out) override {
    if (!rows_.empty()) out.write(render_table(columns_, rows_, terminal_));
  }

 private:
  Columns columns_;
  const Terminal& terminal_;
  std::vector<Row> rows_;
};

class ItemWriter : public Writer {
 public:
  explicit ItemWriter(const ShowItem& show) : show_(show) {}
  void page(Output& out, const json::array& items) override {
    for (const json::value& item : items) {
      if (const json::object* object = item.if_object()) out.write(show_(*object));
    }
  }

 private:
  const ShowItem& show_;
};

base::Result<void> write_listing(const HubClient& hub, const Listing& listing, const ListingFlags& flags,
                                 Writer& writer) {
  Output out;
  std::size_t shown = 0;
  bool begun = false;
  const auto more =
      hub.each_page(listing.path, listing.query, limit_of(flags), [&](const json::array& items) {
        if (!std::exchange(begun, true)) writer.begin(out);
        writer.page(out, items);
        out.flush();
        shown += items.size();
        return !out.closed();
      });
  if (!more) {
    out.flush();
    return more.error();
  }
  writer.end(out);
  auto finished = out.finish();
  if (finished && !out.closed()) say_the_rest(shown, *more, listing.plural, listing.query);
  return finished;
}

}  // namespace

void add_listing_flags(CLI::App& verb, ListingFlags& flags) {
  CLI::Option* limit = verb.add_option("--limit", flags.limit, "How many to show")
                           ->capture_default_str()
                           ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000'000}));
  verb.add_flag("--all", flags.all, "Show all of them")->excludes(limit);
  CLI::Option* as_json = verb.add_flag("--json", flags.json, "A JSON array of the hub's own records");
  verb.add_flag("--csv", flags.csv, "Comma-separated values (RFC 4180)")->excludes(as_json);
}

void add_filter_flags(CLI::App& verb, FilterFlags& flags, const std::string& states,
                      const std::string& since) {
  flags.since = since;
  const std::string what = "Not older than this: \"2h\", \"7 days\", an ISO 8601 time, or all";
  verb.add_option("--since", flags.since, since.empty() ? what : what + " [" + since + "]");
  verb.add_option("--until", flags.until, "Not newer than this");
  verb.add_option("--user", flags.user, "Only clusters of this user");
  verb.add_option("--status", flags.status, "One of " + states);
  verb.add_option("--text", flags.text, "Only what contains this, in either case");
}

Query filter_query(const FilterFlags& flags, const HubClient& hub) {
  return {{"since", flags.since == "all" ? "" : flags.since},
          {"until", flags.until},
          {"user", flags.user},
          {"status", flags.status},
          {"text", flags.text},
          {"workspace", hub.workspace().value_or("")}};
}

base::Result<void> show_listing(const HubClient& hub, const Listing& listing, const ListingFlags& flags,
                                const Terminal& terminal) {
  if (flags.json) {
    JsonWriter writer;
    return write_listing(hub, listing, flags, writer);
  }
  if (flags.csv) {
    CsvWriter writer(listing.columns);
    return write_listing(hub, listing, flags, writer);
  }
  TableWriter writer(listing.columns, terminal);
  return write_listing(hub, listing, flags, writer);
}

base::Result<void> show_items(const HubClient& hub, const Listing& listing, const ListingFlags& flags,
                              const ShowItem& show) {
  ItemWriter writer(show);
  return write_listing(hub, listing, flags, writer);
}

std::string table_of(const Columns& columns, const json::array& items, const Terminal& terminal) {
  const Columns shown = table_columns(columns);
  std::vector<Row> rows;
  add_rows(rows, shown, items, terminal);
  return rows.empty() ? std::string() : render_table(shown, rows, terminal);
}

}  // namespace pilothouse::cli
