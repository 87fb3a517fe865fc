#include "tape/drain.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "tape/bytes.h"
#include "tape/chunk.h"
#include "tape/planes.h"
#include "tape/span_block.h"

namespace pilothouse::tape {
namespace {

constexpr std::size_t kSegmentBytes = 1U << 20;  // about; it ends with the block that goes over
constexpr std::size_t kJsonBytes = 1U << 20;     // of the records in one chunk, about

// Of whom the spans of a block tell: their records go before it.
bool goes_before_spans(Kind kind) {
  return kind == Kind::kWorkers || kind == Kind::kClients || kind == Kind::kComputations;
}

// Neighbours of one kind share a chunk.
struct Records {
  Kind kind{};
  std::uint32_t count = 0;
  std::string json;
};

void add_record(std::vector<Records>& list, Kind kind, std::string_view json) {
  if (list.empty() || list.back().kind != kind || list.back().json.size() + json.size() > kJsonBytes) {
    list.push_back({kind, 0, "["});
  }
  if (list.back().count++ > 0) list.back().json += ',';
  list.back().json += json;
}

// Reads frames. They were written by this program, but a file may hold anything.
class Frames {
 public:
  explicit Frames(std::string_view journal) : rest_(journal) {}

  bool next() {
    if (rest_.size() < sizeof(FrameHeader)) return false;
    header_ = get<FrameHeader>(rest_, 0);
    if (header_.size < sizeof(FrameHeader) || header_.size % 8 != 0 || header_.size > rest_.size())
      return false;
    frame_ = rest_.substr(0, header_.size);
    rest_.remove_prefix(header_.size);
    return true;
  }

  const FrameHeader& header() const { return header_; }
  std::size_t remaining() const { return rest_.size(); }

  template <class Frame>
  bool read(Frame& fields, std::string_view& behind) const {
    if (frame_.size() < sizeof fields) return false;
    fields = get<Frame>(frame_, 0);
    behind = frame_.substr(sizeof fields);
    return true;
  }

 private:
  std::string_view rest_;
  std::string_view frame_;
  FrameHeader header_{};
};

// What the frames between two seals say.
class Block {
 public:
  bool add(const Frames& frames) {
    switch (frames.header().type) {
      case FrameType::kDefine:
        return add_definition(frames);
      case FrameType::kSpan:
        return add_span(frames);
      case FrameType::kRecord:
        return add_record_frame(frames);
      case FrameType::kSeal:
        return true;
    }
    return false;
  }

  void write(const Spool& spool, std::vector<EncodedChunk>& chunks, std::uint64_t& sequence) {
    const base::SessionId& session = spool.identity().session;
    auto put = [&](Kind kind, std::uint32_t records, std::string_view payload) {
      EncodedChunk chunk{kind, sequence, records, {}};
      if (!append_chunk(chunk.bytes, kind, session, sequence, records, payload)) {
        tape::count_drop(spool.journal().reader_drops, kind, records, payload.size());
        return;
      }
      ++sequence;
      chunks.push_back(std::move(chunk));
    };
    for (Records& records : before_) put(records.kind, records.count, records.json += ']');
    if (columns_.size() > 0)
      put(Kind::kSpans, static_cast<std::uint32_t>(columns_.size()), encode_span_block(columns_));
    for (Records& records : after_) put(records.kind, records.count, records.json += ']');
    *this = Block();
  }

 private:
  bool add_definition(const Frames& frames) {
    DefineFrame fields{};
    std::string_view text;
    if (!frames.read(fields, text) || fields.length > text.size()) return false;
    if (columns_.computations.size() + columns_.groups.size() + columns_.workers.size() +
            columns_.types.size() >=
        kMaxSpans) {
      return false;
    }
    text = text.substr(0, fields.length);
    switch (static_cast<Table>(frames.header().detail)) {
      case Table::kComputation:
        columns_.computations.emplace_back(text);
        return true;
      case Table::kGroup:
        if (fields.computation != kNone && fields.computation >= columns_.computations.size()) return false;
        columns_.groups.emplace_back(text);
        group_computations_.push_back(fields.computation);
        return true;
      case Table::kWorker:
        columns_.workers.emplace_back(text);
        return true;
      case Table::kType:
        columns_.types.emplace_back(text);
        return true;
      case Table::kAction:
        if (columns_.action_names.size() == kMaxActionNames) return false;
        columns_.action_names.emplace_back(text);
        return true;
    }
    return false;
  }

  bool add_span(const Frames& frames) {
    SpanFrame span{};
    std::string_view behind;
    if (!frames.read(span, behind)) return false;
    const std::size_t actions = frames.header().detail >> 8;
    if (columns_.size() == kMaxSpans || columns_.action.size() + actions > kMaxActions) return false;
    const auto fits = [](std::uint32_t index, const std::vector<std::string>& texts) {
      return index == kNone || index < texts.size();
    };
    if (actions * sizeof(ActionField) > behind.size() ||
        span.key_length > behind.size() - actions * sizeof(ActionField) ||
        span.group >= columns_.groups.size() || !fits(span.worker, columns_.workers) ||
        !fits(span.type, columns_.types)) {
      return false;
    }
    for (std::size_t i = 0; i < actions; ++i) {
      if ((get<ActionField>(behind, i * sizeof(ActionField)).duration_and_action & 0xff) >=
          static_cast<std::int64_t>(columns_.action_names.size())) {
        return false;
      }
    }
    for (std::size_t i = 0; i < actions; ++i) {
      const auto action = get<ActionField>(behind, i * sizeof(ActionField));
      columns_.action.push_back(static_cast<std::uint8_t>(action.duration_and_action & 0xff));
      columns_.action_start.push_back(action.start);
      columns_.action_stop.push_back(wrapped_sum(action.start, action.duration_and_action >> 8));
    }
    columns_.computation.push_back(group_computations_[span.group]);
    columns_.group.push_back(span.group);
    columns_.worker.push_back(span.worker);
    columns_.type.push_back(span.type);
    columns_.thread.push_back(span.thread);
    columns_.nbytes.push_back(span.nbytes);
    columns_.status.push_back(static_cast<std::uint8_t>(frames.header().detail & 0xff));
    columns_.action_count.push_back(static_cast<std::uint8_t>(actions));
    columns_.key_length.push_back(span.key_length);
    columns_.key_bytes += behind.substr(actions * sizeof(ActionField), span.key_length);
    return true;
  }

  bool add_record_frame(const Frames& frames) {
    RecordFrame fields{};
    std::string_view json;
    const std::uint16_t kind = frames.header().detail;
    if (!frames.read(fields, json) || fields.length > json.size() || kind == 0 || kind >= kKindNames.size()) {
      return false;
    }
    auto& list = goes_before_spans(static_cast<Kind>(kind)) ? before_ : after_;
    add_record(list, static_cast<Kind>(kind), json.substr(0, fields.length));
    return true;
  }

  SpanBlockBuilder columns_;
  std::vector<std::uint32_t> group_computations_;
  std::vector<Records> before_, after_;
};

// The records of a drops chunk.
std::string drops_json(const Drops& drops, std::uint32_t& records) {
  std::string json = "[";
  records = 0;
  for (std::size_t kind = 1; kind < drops.size(); ++kind) {
    if (drops[kind].count == 0) continue;
    if (records++ > 0) json += ',';
    json += R"({"kind":")" + std::string(kKindNames[kind]) + R"(","count":)" +
            std::to_string(drops[kind].count) + R"(,"bytes":)" + std::to_string(drops[kind].bytes) + '}';
  }
  return json += ']';
}

// One call's work: the journal's frames, the chunks made of them, and where the two meet.
class Drain {
 public:
  Drain(Spool& spool, Extent extent)
      : spool_(spool),
        extent_(extent),
        content_(spool.journal_content()),
        begin_(spool.journal().tail.load(std::memory_order_relaxed)),
        sequence_(spool.next_sequence()),
        frames_(content_) {}

  base::Result<std::size_t> run(Drops& reported) {
    while (frames_.next()) {
      if (!block_.add(frames_)) {
        give_up();
        break;
      }
      if (frames_.header().type != FrameType::kSeal) continue;
      close_block();
      if (bytes_ < kSegmentBytes) continue;
      if (auto appended = append(); !appended) return appended.error();
    }
    if (extent_ == Extent::kEverything) {
      if (frames_.remaining() > 0) give_up();
      close_block();
    }
    add_drops(reported);
    if (done_ > 0 || !chunks_.empty()) {
      if (auto appended = append(); !appended) return appended.error();
    }
    return written_;
  }

 private:
  void close_block() {
    const std::size_t before = chunks_.size();
    block_.write(spool_, chunks_, sequence_);
    for (std::size_t i = before; i < chunks_.size(); ++i) bytes_ += chunks_[i].bytes.size();
    done_ = content_.size() - frames_.remaining();
  }

  // Behind a frame that cannot be read, nothing can be told apart.
  void give_up() {
    count_drop(spool_.journal().reader_drops, Kind::kSpans, 1, frames_.remaining());
    frames_ = Frames({});
    close_block();
  }

  void add_drops(Drops& reported) {
    const Drops drops = all_drops(spool_.journal());
    if (drops == reported) return;
    EncodedChunk chunk{Kind::kDrops, sequence_, 0, {}};
    const std::string json = drops_json(drops, chunk.records);
    if (append_chunk(chunk.bytes, chunk.kind, spool_.identity().session, sequence_, chunk.records, json)) {
      chunks_.push_back(std::move(chunk));
      reported = drops;
    }
  }

  base::Result<void> append() {
    const std::size_t count = chunks_.size();
    auto appended = spool_.append(std::exchange(chunks_, {}), begin_ + done_);
    if (appended) written_ += count;
    bytes_ = 0;
    return appended;
  }

  Spool& spool_;
  const Extent extent_;
  const std::string_view content_;
  const std::uint64_t begin_;
  std::uint64_t sequence_;
  Frames frames_;
  Block block_;
  std::vector<EncodedChunk> chunks_;
  std::size_t bytes_ = 0;    // of chunks_
  std::size_t done_ = 0;     // bytes of the content that chunks_ and what was appended stand for
  std::size_t written_ = 0;  // chunks
};

}  // namespace

base::Result<std::size_t> drain(Spool& spool, Extent extent, Drops& reported) {
  return Drain(spool, extent).run(reported);
}

}  // namespace pilothouse::tape
