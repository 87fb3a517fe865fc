#include "tape/rollups.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <string>
#include <utility>

#include "tape/chunk.h"

namespace pilothouse::tape {
namespace {

namespace json = boost::json;

struct Rule {
  Kind kind;
  std::array<std::string_view, 2> identity;  // fields; "" for none
};
constexpr std::array kRules{Rule{Kind::kGroups, {"computation", "name"}}, Rule{Kind::kProgress, {"id", ""}},
                            Rule{Kind::kDrops, {"kind", ""}}};

bool read_records(const EncodedChunk& chunk, json::array& records) {
  std::string_view bytes = chunk.bytes;
  const auto view = take_chunk(bytes);
  const auto payload = view ? raw_payload(*view) : view.error();
  if (!payload) return false;
  boost::system::error_code failed;
  json::value value = json::parse(*payload, failed);
  if (failed || !value.is_array()) return false;
  records = std::move(value.get_array());
  return true;
}

// The fields' texts; empty when one is missing.
std::pair<std::string, std::string> identity_of(const json::value& record, const Rule& rule) {
  const json::object* fields = record.if_object();
  std::array<std::string, 2> texts;
  for (std::size_t i = 0; i < texts.size() && fields != nullptr && !rule.identity[i].empty(); ++i) {
    const json::value* value = fields->if_contains(rule.identity[i]);
    if (value != nullptr && value->is_string()) texts[i] = value->get_string();
  }
  return {texts[0], texts[1]};
}

void merge(std::vector<EncodedChunk>& chunks, const Rule& rule, const base::SessionId& session) {
  std::map<std::pair<std::string, std::string>, json::value> latest;
  EncodedChunk merged{rule.kind, 0, 0, {}};
  for (const EncodedChunk& chunk : chunks) {
    if (chunk.kind != rule.kind) continue;
    json::array records;
    if (!read_records(chunk, records)) return;
    for (json::value& record : records) latest[identity_of(record, rule)] = std::move(record);
    merged.sequence = chunk.sequence;
  }
  if (latest.empty()) return;
  json::array records;
  for (auto& [identity, record] : latest) records.push_back(std::move(record));
  merged.records = static_cast<std::uint32_t>(records.size());
  if (!append_chunk(merged.bytes, rule.kind, session, merged.sequence, merged.records,
                    json::serialize(records))) {
    return;  // together they are too large for one chunk
  }
  std::erase_if(chunks, [&](const EncodedChunk& chunk) { return chunk.kind == rule.kind; });
  chunks.push_back(std::move(merged));
}

}  // namespace

std::vector<EncodedChunk> merge_rollups(std::vector<EncodedChunk> chunks, const base::SessionId& session) {
  std::sort(chunks.begin(), chunks.end(),
            [](const EncodedChunk& a, const EncodedChunk& b) { return a.sequence < b.sequence; });
  for (const Rule& rule : kRules) merge(chunks, rule, session);
  return chunks;
}

}  // namespace pilothouse::tape
