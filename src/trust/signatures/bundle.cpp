#include "trust/signatures/bundle.h"

#include <algorithm>
#include <cstring>

#include "base/utf8.h"
#include "trust/signatures/numbers.h"

namespace pilothouse::trust {
namespace {

void append(std::string& bytes, const Signer& signer) {
  bytes.append(reinterpret_cast<const char*>(signer.key.bytes.data()), signer.key.bytes.size());
  bytes.append(reinterpret_cast<const char*>(signer.signature.data()), signer.signature.size());
}

Refusal malformed(std::string_view why) {
  return refuse(Code::kMalformed, "this is no bundle: " + std::string(why));
}

constexpr std::size_t kSignerBytes = kKeyBytes + kSignatureBytes;

}  // namespace

Checked<Envelope> Envelope::open(std::string_view bytes, std::uint64_t max_bytes) {
  const std::uint64_t limit = std::min(max_bytes, kLargestMaxBundle);
  if (bytes.size() > limit) {
    return refuse(Code::kTooLarge, "the bundle is over " + std::to_string(limit) + " bytes");
  }
  if (bytes.size() < kBundleHeader || !bytes.starts_with(kBundleMagic)) {
    return malformed("it does not begin like one");
  }
  if (read_number(bytes, 8, 4) != kBundleVersion) {
    return malformed("it is of version " + std::to_string(read_number(bytes, 8, 4)) +
                     ", this program knows " + std::to_string(kBundleVersion));
  }
  const std::uint64_t manifest = read_number(bytes, 12, 4);
  const std::uint64_t files = read_number(bytes, 16, 8);
  if (manifest > kMaxManifest) return refuse(Code::kTooLarge, "the manifest is over 64 KiB");
  const std::uint64_t room = bytes.size() - kBundleHeader;
  if (manifest > room || files > room - manifest) return malformed("it is cut off");

  Envelope envelope;
  envelope.signed_bytes = bytes.substr(0, kBundleHeader + manifest + files);
  envelope.manifest = bytes.substr(kBundleHeader, manifest);
  envelope.files = bytes.substr(kBundleHeader + manifest, files);
  std::string_view rest = bytes.substr(envelope.signed_bytes.size());
  if (rest.size() < 4) return malformed("it is cut off");
  const std::uint64_t count = read_number(rest, 0, 4);
  if (count > kMaxSignatures) return malformed("it has over 16 signatures");
  rest.remove_prefix(4);
  if (rest.size() != count * kSignerBytes)
    return malformed("its signatures are cut off, or something follows them");
  for (; !rest.empty(); rest.remove_prefix(kSignerBytes)) {
    Signer signer;
    std::memcpy(signer.key.bytes.data(), rest.data(), kKeyBytes);
    std::memcpy(signer.signature.data(), rest.data() + kKeyBytes, kSignatureBytes);
    if (!envelope.signers.empty()) {
      const auto order = envelope.signers.back().key <=> signer.key;
      if (std::is_eq(order))
        return refuse(Code::kDuplicateKey, "a key has signed twice: " + signer.key.to_string());
      if (std::is_gt(order)) return malformed("its signatures are not in order");
    }
    envelope.signers.push_back(signer);
  }
  return envelope;
}

Checked<void> Envelope::check_signatures() const {
  if (signers.empty()) return refuse(Code::kNoSignature, "nobody has signed the bundle");
  for (const Signer& signer : signers) {
    if (!signer.key.verifies(signed_bytes, signer.signature)) {
      return refuse(Code::kBadSignature,
                    "a signature does not fit the bundle, which says it is by " + signer.key.to_string());
    }
  }
  return {};
}

std::string Envelope::sha256() const { return sha256_hex(signed_bytes); }

Checked<Contents> read_contents(const Envelope& envelope) {
  auto manifest = Manifest::parse(envelope.manifest);
  if (!manifest) return manifest.error();
  Contents contents{std::move(*manifest), {}};
  std::string_view rest = envelope.files;
  for (const FileEntry& file : contents.manifest.files) {
    if (file.size > rest.size()) return malformed("its files are shorter than the manifest says");
    const std::string_view bytes = rest.substr(0, file.size);
    rest.remove_prefix(file.size);
    if (sha256_hex(bytes) != file.sha256) {
      return refuse(Code::kBadHash, "the file " + in_quotes(file.path) + " is not what the manifest says");
    }
    if (!base::is_utf8(bytes)) return malformed("the file " + in_quotes(file.path) + " is not in UTF-8");
    contents.files.emplace(file.path, bytes);
  }
  if (!rest.empty()) return malformed("its files are longer than the manifest says");
  return contents;
}

Checked<std::string> pack_bundle(Manifest manifest, const Files& files) {
  std::string all;
  manifest.files.clear();
  for (const auto& [path, bytes] : files) {
    manifest.files.push_back({path, bytes.size(), sha256_hex(bytes)});
    all += bytes;
  }
  if (const auto fine = manifest.check(); !fine) return fine.error();
  const std::string json = manifest.to_json();
  std::string bundle(kBundleMagic);
  append_number(bundle, kBundleVersion, 4);
  append_number(bundle, json.size(), 4);
  append_number(bundle, all.size(), 8);
  bundle += json + all;
  append_number(bundle, 0, 4);
  const auto envelope = Envelope::open(bundle, kLargestMaxBundle);
  if (!envelope) return envelope.error();
  const auto contents = read_contents(*envelope);
  if (!contents) return contents.error();
  return bundle;
}

base::Result<std::string> add_signature(std::string_view bundle, const PrivateKey& key) {
  const auto envelope = Envelope::open(bundle, kLargestMaxBundle);
  if (!envelope) {
    const bool large = envelope.error().code == Code::kTooLarge;
    return base::error(large ? base::Errc::kTooLarge : base::Errc::kMalformed, envelope.error().message);
  }
  const auto signature = key.sign(envelope->signed_bytes);
  if (!signature) return signature.error();
  std::vector<Signer> signers = envelope->signers;
  const Signer mine{key.public_key(), *signature};
  const auto place =
      std::lower_bound(signers.begin(), signers.end(), mine,
                       [](const Signer& left, const Signer& right) { return left.key < right.key; });
  if (place != signers.end() && place->key == mine.key) {
    return base::error(base::Errc::kConflict, "the key " + mine.key.to_string() + " has signed it already");
  }
  if (signers.size() == kMaxSignatures)
    return base::error(base::Errc::kTooLarge, "it has 16 signatures, and no more");
  signers.insert(place, mine);
  std::string result(envelope->signed_bytes);
  append_number(result, signers.size(), 4);
  for (const Signer& signer : signers) append(result, signer);
  return result;
}

}  // namespace pilothouse::trust
