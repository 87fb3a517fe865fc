#include "tape/journal.h"

#include <cstring>

namespace pilothouse::tape {
namespace {

template <class Frame>
void write_frame(char* at, const Frame& frame, std::string_view text) {
  std::memcpy(at, &frame, sizeof frame);
  text.copy(at + sizeof frame, text.size());
}

}  // namespace

bool JournalWriter::put_definition(Table table, std::uint32_t computation, std::string_view text,
                                   std::size_t spare) {
  const std::size_t size = frame_size(sizeof(DefineFrame) + text.size());
  char* at = reserve(size, spare);
  if (at == nullptr) return false;
  write_frame(
      at,
      DefineFrame{{static_cast<std::uint32_t>(size), FrameType::kDefine, static_cast<std::uint16_t>(table)},
                  computation,
                  static_cast<std::uint32_t>(text.size())},
      text);
  commit(size);
  return true;
}

bool JournalWriter::put_record(Kind kind, std::string_view json) {
  const std::size_t size = frame_size(sizeof(RecordFrame) + json.size());
  char* at = reserve(size, frame_size(sizeof(FrameHeader)));
  if (at == nullptr) return false;
  write_frame(
      at,
      RecordFrame{{static_cast<std::uint32_t>(size), FrameType::kRecord, static_cast<std::uint16_t>(kind)},
                  static_cast<std::uint32_t>(json.size()),
                  0},
      json);
  commit(size);
  return true;
}

bool JournalWriter::put_seal() {
  char* at = reserve(sizeof(FrameHeader));
  if (at == nullptr) return false;
  write_frame(at, FrameHeader{sizeof(FrameHeader), FrameType::kSeal, 0}, {});
  commit(sizeof(FrameHeader));
  return true;
}

}  // namespace pilothouse::tape
