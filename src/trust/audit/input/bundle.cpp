#include "trust/audit/input/bundle.h"

#include "trust/signatures/bundle.h"
#include "trust/signatures/format.h"

namespace pilothouse::audit {

base::Result<bool> is_bundle(const ByteSource& source) {
  const auto head = source.read(0, trust::kBundleMagic.size());
  if (!head) return head.error();
  return *head == trust::kBundleMagic;
}

base::Result<void> read_bundle(const ByteSource& source, const InputLimits& limits, Input& input) {
  const auto refused = [](const trust::Refusal& refusal) {
    const bool large = refusal.code == trust::Code::kTooLarge;
    return base::error(large ? base::Errc::kTooLarge : base::Errc::kMalformed,
                       "cannot be read: " + refusal.message);
  };
  // One byte more than allowed tells a bundle that is too large.
  const auto bytes = source.read(0, trust::kLargestMaxBundle + 1);
  if (!bytes) return bytes.error();
  const auto envelope = trust::Envelope::open(*bytes, trust::kLargestMaxBundle);
  if (!envelope) return refused(envelope.error());
  auto contents = trust::read_contents(*envelope);
  if (!contents) return refused(contents.error());
  // The name that its report bears wherever it is made.
  input.name = contents->manifest.name;
  for (auto& [path, text] : contents->files) {
    if (text.size() > limits.max_file) {
      input.unread.push_back({path, 0, too_large(limits.max_file)});
    } else {
      input.files.push_back({path, std::move(text), {}});
    }
  }
  return {};
}

}  // namespace pilothouse::audit
