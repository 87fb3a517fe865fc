#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

// Little-endian reading and writing for the formats of this layer.
namespace pilothouse::tape {

static_assert(std::endian::native == std::endian::little, "the formats are written as they lie in memory");

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T get(std::string_view bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// Takes from the front of hostile bytes; once something is missing, every later take fails too.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }
  std::string_view rest() const { return rest_; }

  std::string_view take(std::size_t size) {
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  template <class T>
  T take() {
    const std::string_view bytes = take(sizeof(T));
    return ok_ ? get<T>(bytes, 0) : T{};
  }

  template <class T>
  std::vector<T> take_column(std::size_t count) {
    const std::string_view bytes = take(count * sizeof(T));
    std::vector<T> column(ok_ ? count : 0);
    if (!column.empty()) std::memcpy(column.data(), bytes.data(), bytes.size());
    return column;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace pilothouse::tape
