#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trust/signatures/manifest.h"
#include "trust/signatures/private_key.h"

namespace pilothouse::trust {

struct Signer {
  PublicKey key;
  Signature signature{};
};

// A bundle taken apart, its lengths checked and nothing else: the parts are views into the bytes, which live
// longer. Who signed is known only after check_signatures(), and nothing is to be believed before.
struct Envelope {
  std::string_view signed_bytes;
  std::string_view manifest;
  std::string_view files;
  std::vector<Signer> signers;  // ascending by key

  // kTooLarge for more than `max_bytes`, before anything is read.
  static Checked<Envelope> open(std::string_view bytes, std::uint64_t max_bytes = kDefaultMaxBundle);

  // Whoever made them, all signatures fit the signed bytes: so no bit of a bundle can be changed.
  Checked<void> check_signatures() const;

  // SHA-256 of the signed bytes: it stays when somebody adds a signature.
  std::string sha256() const;
};

// The manifest and the files of an envelope, each file with the size and hash that the manifest says, in
// UTF-8.
struct Contents {
  Manifest manifest;
  Files files;
};
Checked<Contents> read_contents(const Envelope& envelope);

// A bundle without signatures. `manifest.files` is filled in. A refusal when the contents would not be
// accepted.
Checked<std::string> pack_bundle(Manifest manifest, const Files& files);

// The bundle with one more signature. kConflict when the key has signed already, kMalformed or kTooLarge for
// what is no bundle, kInternal when OpenSSL cannot sign.
base::Result<std::string> add_signature(std::string_view bundle, const PrivateKey& key);

}  // namespace pilothouse::trust
