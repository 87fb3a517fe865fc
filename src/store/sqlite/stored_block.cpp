#include "store/sqlite/stored_block.h"

#include "tape/chunk.h"

namespace pilothouse::store::sqlite {

base::Result<StoredBlock> read_stored_block(const Statement& row, int column, tape::Keys keys) {
  const auto damaged = [](const base::Error& why) {
    return base::error(base::Errc::kStorage, "a stored span block is damaged: " + why.message);
  };
  tape::ChunkView chunk;
  chunk.compressed = row.integer(column) != 0;
  chunk.raw_length = static_cast<std::uint32_t>(row.integer(column + 1));
  chunk.payload = row.text(column + 2);
  auto payload = tape::raw_payload(chunk);
  if (!payload) return damaged(payload.error());
  StoredBlock stored;
  stored.payload = std::make_unique<const std::string>(std::move(*payload));
  auto block = tape::decode_span_block(*stored.payload, keys);
  if (!block) return damaged(block.error());
  stored.block = std::move(*block);
  return stored;
}

}  // namespace pilothouse::store::sqlite
