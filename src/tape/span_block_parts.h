#pragma once

#include <string_view>
#include <vector>

#include "tape/bytes.h"
#include "tape/span_block.h"

// What both versions of the span block have in common.
namespace pilothouse::tape {

// u32 count (at most `limit`), then for each: u32 length, UTF-8.
bool take_dictionary(Reader& in, std::vector<std::string_view>& texts, std::size_t limit);

base::Result<SpanBlock> decode_span_block_v1(std::string_view payload);
base::Result<SpanBlock> decode_span_block_v2(std::string_view payload, Keys keys, SpanBlock reuse);
bool is_span_block_v2(std::string_view payload);

}  // namespace pilothouse::tape
