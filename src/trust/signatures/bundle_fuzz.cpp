#include "base/fuzz.h"
#include "trust/signatures/bundle.h"

using namespace pilothouse;
using base::fuzz_expect;

namespace {

// What was read, written again by this file alone.
std::string encode(const trust::Envelope& envelope) {
  std::string bytes(envelope.signed_bytes);
  const std::size_t count = envelope.signers.size();
  bytes.append({static_cast<char>(count), '\0', '\0', '\0'});
  for (const trust::Signer& signer : envelope.signers) {
    bytes.append(signer.key.bytes.begin(), signer.key.bytes.end());
    bytes.append(signer.signature.begin(), signer.signature.end());
  }
  return bytes;
}

}  // namespace

// A bundle has one form, and its contents fit its manifest. Signatures stop nobody here: mutations would not
// get past them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = base::fuzz_text(data, size);
  const auto envelope = trust::Envelope::open(bytes);
  if (!envelope) return 0;
  fuzz_expect(encode(*envelope) == bytes);
  static_cast<void>(envelope->check_signatures());
  const auto contents = trust::read_contents(*envelope);
  if (!contents) return 0;
  const std::string json = contents->manifest.to_json();
  const auto again = trust::Manifest::parse(json);
  fuzz_expect(again.has_value() && again->to_json() == json);
  fuzz_expect(contents->files.size() == contents->manifest.files.size());
  std::string all;
  for (const trust::FileEntry& file : contents->manifest.files) all += contents->files.at(file.path);
  fuzz_expect(all == envelope->files);
  const auto packed = trust::pack_bundle(contents->manifest, contents->files);
  fuzz_expect(packed.has_value() || packed.error().code == trust::Code::kTooLarge);
  return 0;
}
