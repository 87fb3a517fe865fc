#include "hub/ingest/check_body.h"

#include <cstring>

#include "base/json_parse.h"
#include "hub/ingest/read_records.h"
#include "hub/ingest/summarize_block.h"
#include "tape/chunk.h"
#include "tape/span_block.h"

namespace pilothouse::hub {
namespace {

using base::Errc;
using base::error;

// What the chunks of one body may come to once decompressed: a small body must not become a large task.
constexpr std::size_t kMaxRawBody = 256U << 20;

// The sequence in the header of a chunk that is refused, to name it; nothing vouches for it.
std::optional<std::uint64_t> peek_sequence(std::string_view bytes) {
  constexpr std::size_t kOffset = 32;
  if (bytes.size() < tape::kHeaderSize || !bytes.starts_with(tape::kMagic)) return std::nullopt;
  std::uint64_t sequence = 0;
  std::memcpy(&sequence, bytes.data() + kOffset, sizeof sequence);
  if (sequence == 0 || sequence > INT64_MAX) return std::nullopt;
  return sequence;
}

base::Result<model::SpanBlockRecord> read_span_block(const tape::ChunkView& chunk, std::string_view payload,
                                                     RollUpBudget& budget) {
  thread_local tape::SpanBlock spare;  // getting its memory anew for each block costs much
  auto block = tape::decode_span_block(payload, tape::Keys::kCheck, std::move(spare));
  if (!block) return block.error();
  if (block->size() != chunk.records) {
    return error(Errc::kMalformed, "the header states another number of spans than the block has");
  }
  model::SpanBlockRecord record;
  record.compressed = chunk.compressed;
  record.raw_length = chunk.raw_length;
  record.payload = chunk.payload;
  if (const auto summarized = summarize_block(*block, budget, record); !summarized) return summarized.error();
  spare = block->action.size() <= tape::kMaxSpans ? std::move(*block) : tape::SpanBlock();
  return record;
}

base::Result<store::Chunk> read_chunk(const tape::ChunkView& view, RollUpBudget& budget) {
  std::string unpacked;
  std::string_view payload = view.payload;
  if (view.compressed) {
    auto raw = tape::raw_payload(view);
    if (!raw) return raw.error();
    unpacked = std::move(*raw);
    payload = unpacked;
  }
  store::Chunk chunk;
  chunk.sequence = view.sequence;
  if (view.kind == tape::Kind::kSpans) {
    auto block = read_span_block(view, payload, budget);
    if (!block) return block.error();
    chunk.content = std::move(*block);
    return chunk;
  }
  const auto value = base::parse_json(payload);
  if (!value) return value.error();
  const boost::json::array* records = value->if_array();
  if (records == nullptr) return error(Errc::kMalformed, "$ is not an array");
  if (records->size() != view.records) {
    return error(Errc::kMalformed, "the header states another number of records than the array has");
  }
  Finding finding;
  chunk.content = read_records(view.kind, *records, finding);
  if (finding.found()) return error(Errc::kMalformed, finding.message);
  return chunk;
}

std::size_t held_by(const model::SpanBlockRecord& block) {
  constexpr std::size_t kAllocation = 32;  // what one costs beside its bytes
  std::size_t total = block.payload.size() + block.lanes.size() * (sizeof(block.lanes[0]) + kAllocation);
  for (const model::SpanBlockRecord::Share& share : block.shares) {
    total += sizeof share + share.computation.size();
    if (share.tile) {
      total += share.tile->bytes.size() + 8 * (share.tile->lanes.size() + share.tile->groups.size());
    }
    for (const model::SpanBlockRecord::GroupShare& group : share.groups) {
      total += sizeof group + group.name.size() + group.latency.bytes() + 4 * kAllocation;
      total += (group.durations_us.size() + group.types.size()) * sizeof(group.types[0]);
      for (const model::SpanBlockRecord::SlowSpan& span : group.slowest) {
        total += sizeof span + span.key.size() + (span.worker ? span.worker->size() : 0) + 2 * kAllocation;
      }
    }
  }
  return total;
}

}  // namespace

std::size_t stated_size(std::string_view body) {
  std::size_t total = 0;
  while (body.size() >= tape::kHeaderSize && total < kMaxRawBody) {
    const tape::StatedLengths lengths = tape::stated_lengths(body);
    total += lengths.raw;
    body.remove_prefix(std::min(body.size(), tape::kHeaderSize + lengths.stored));
  }
  return std::min(total, kMaxRawBody);
}

std::size_t held_by(const std::vector<store::Chunk>& chunks) {
  std::size_t total = 0;
  for (const store::Chunk& chunk : chunks) {
    if (const auto* block = std::get_if<model::SpanBlockRecord>(&chunk.content)) total += held_by(*block);
  }
  return total;
}

boost::system::result<std::vector<store::Chunk>, InvalidChunk> check_body(std::string_view body,
                                                                          const base::SessionId& session,
                                                                          std::uint64_t mark) {
  std::vector<store::Chunk> chunks;
  std::uint64_t last = 0;
  std::size_t raw_total = 0;
  RollUpBudget budget;
  for (std::string_view rest = body; !rest.empty();) {
    const auto sequence = peek_sequence(rest);
    const auto view = tape::take_chunk(rest);
    if (!view) return InvalidChunk{sequence, view.error().message};
    if (view->session != session) return InvalidChunk{sequence, "a chunk is of another session than the URL"};
    if (view->sequence <= last) {
      return InvalidChunk{sequence, "the sequences of a request do not increase"};
    }
    last = view->sequence;
    if (view->sequence <= mark && view->kind != tape::Kind::kSession) continue;
    raw_total += view->raw_length;
    if (raw_total > kMaxRawBody) return InvalidChunk{sequence, "the request decompresses to over 256 MiB"};
    auto chunk = read_chunk(*view, budget);
    if (!chunk) {
      return InvalidChunk{sequence,
                          std::string(tape::kind_name(view->kind)) + " chunk: " + chunk.error().message};
    }
    chunks.push_back(std::move(*chunk));
  }
  return chunks;
}

}  // namespace pilothouse::hub
