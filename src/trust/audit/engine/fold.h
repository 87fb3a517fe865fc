#pragma once

#include <span>
#include <string_view>

#include "trust/audit/engine/values.h"

namespace pilothouse::audit {

// Python's arithmetic on constants, as far as programs use it to hide what they say. All give 0 when the
// result is not known, would be an error, or is too large. What was undone goes into the result's layers.
class Folder {
 public:
  explicit Folder(Values& values) : values_(values) {}

  ConstantId binary(std::string_view op, ConstantId a, ConstantId b);
  // Texts or bytes behind one another.
  ConstantId sum(std::span<const ConstantId> parts);
  ConstantId unary(std::string_view op, ConstantId a);
  ConstantId index(ConstantId of, ConstantId at);
  // Missing bounds are 0; a missing step too.
  ConstantId slice(ConstantId of, ConstantId from, ConstantId to, ConstantId step);
  std::optional<std::vector<std::uint32_t>> sliced(std::span<const std::uint32_t> of, ConstantId from,
                                                   ConstantId to, ConstantId step) const;
  // A function by its path: "builtins.chr", "base64.b64decode".
  ConstantId call(std::string_view path, std::span<const ConstantId> arguments);
  ConstantId method(ConstantId self, std::string_view name, std::span<const ConstantId> arguments);
  // What str() or format() without a specification shows.
  std::optional<std::string> shown(ConstantId id) const;
  // A text, bytes, range or tuple as its elements, at most `most`.
  std::optional<std::vector<ConstantId>> elements(ConstantId id, std::size_t most);

 private:
  ConstantId tuple(std::vector<ConstantId> items, LayersId layers = 0);
  ConstantId same_kind(const Constant& like, std::string text, LayersId layers);
  ConstantId decoded(std::optional<std::string> bytes, const Constant& from, std::string_view layer,
                     bool text = false);
  ConstantId decode_codec(const Constant& from, std::string codec);
  ConstantId encode_codec(const Constant& from, const std::string& codec);
  ConstantId join(const Constant& separator, ConstantId parts);
  ConstantId percent(const Constant& format, ConstantId arguments);
  ConstantId format(const Constant& format, std::span<const ConstantId> arguments);
  ConstantId integer_of(std::span<const ConstantId> arguments);
  ConstantId bytes_of(std::span<const ConstantId> arguments);

  Values& values_;
};

// Escapes of a part of a literal between its quotes, as Python reads them.
std::string unescape(std::string_view text, bool raw, bool bytes);
std::string utf8_of(std::uint32_t code_point);
// The code points of a text; nothing when it is not UTF-8.
std::vector<std::uint32_t> code_points(std::string_view utf8);

}  // namespace pilothouse::audit
