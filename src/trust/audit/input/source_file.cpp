#include "trust/audit/input/byte_source.h"
#include "trust/audit/input/input.h"
#include "trust/audit/input/names.h"

// Apart from what opens archives: whoever audits a bundle needs no libarchive.
namespace pilothouse::audit {

base::Result<std::string> SourceFile::load(const InputLimits& limits) const {
  if (on_disk.empty()) return bytes;
  const auto file = FileSource::open(on_disk);
  if (!file) return file.error();
  if ((*file)->size() > limits.max_file)
    return base::error(base::Errc::kTooLarge, too_large(limits.max_file));
  return (*file)->read(0, static_cast<std::size_t>((*file)->size()));
}

}  // namespace pilothouse::audit
