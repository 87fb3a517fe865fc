#include "tape/zstd_frame.h"

#include <zstd.h>

#include <memory>

namespace pilothouse::tape {
namespace {

// Making a context costs more than compressing a small column.
ZSTD_CCtx* compressor() {
  thread_local std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                            &ZSTD_freeCCtx);
  return context.get();
}

ZSTD_DCtx* decompressor() {
  thread_local std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                            &ZSTD_freeDCtx);
  return context.get();
}

}  // namespace

bool append_zstd_frame(std::string& out, std::string_view raw, int level) {
  const std::size_t start = out.size();
  out.resize(start + ZSTD_compressBound(raw.size()));
  const std::size_t size =
      ZSTD_compressCCtx(compressor(), out.data() + start, out.size() - start, raw.data(), raw.size(), level);
  const bool smaller = ZSTD_isError(size) == 0 && size < raw.size();
  out.resize(start + (smaller ? size : 0));
  return smaller;
}

bool read_zstd_frame(std::string_view frame, char* raw, std::size_t size) {
  const std::size_t got = ZSTD_decompressDCtx(decompressor(), raw, size, frame.data(), frame.size());
  return ZSTD_isError(got) == 0 && got == size;
}

}  // namespace pilothouse::tape
