#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// The bytes of bundles and revocations, version 1. Written for people in docs/formats/bundle.md. All integers
// are little-endian.
//
//   bundle                                        revocation
//    0   8  magic "PHPLUGIN"                       0   8  magic "PHREVOKE"
//    8   4  version                                8   4  version
//   12   4  M, length of the manifest             12   4  R, length of the statement
//   16   8  F, length of all files                16   R  statement: JSON
//   24   M  manifest: JSON                        ------- signed up to here
//    ..  F  the files, in the manifest's order     .. 64  signature by the statement's key
//   ------- signed up to here
//    ..  4  number of signatures, n
//    .. 96n each: 32 public key, 64 signature; ascending by key, no key twice
//
// Nothing follows. Signatures are Ed25519 (RFC 8032, the plain variant).
namespace pilothouse::trust {

inline constexpr std::string_view kBundleMagic = "PHPLUGIN";
inline constexpr std::string_view kRevocationMagic = "PHREVOKE";
inline constexpr std::uint32_t kBundleVersion = 1;
inline constexpr std::uint32_t kRevocationVersion = 1;

inline constexpr std::size_t kBundleHeader = 24;
inline constexpr std::size_t kRevocationHeader = 16;
inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kSignatureBytes = 64;

// Limits, all of them inclusive.
inline constexpr std::uint64_t kDefaultMaxBundle = 1U << 20;   // unless a policy says otherwise
inline constexpr std::uint64_t kLargestMaxBundle = 64U << 20;  // whatever a policy says
inline constexpr std::size_t kMaxManifest = 64U << 10;
inline constexpr std::size_t kMaxSignatures = 16;
inline constexpr std::size_t kMaxFiles = 256;
inline constexpr std::size_t kMaxPath = 255;
inline constexpr std::size_t kMaxEntry = 255;
inline constexpr std::size_t kMaxRange = 200;
inline constexpr std::size_t kMaxStatement = 4U << 10;
inline constexpr std::size_t kMaxReason = 1000;

inline constexpr std::string_view kBundleMediaType = "application/vnd.pilothouse.bundle";
inline constexpr std::string_view kRevocationMediaType = "application/vnd.pilothouse.revocation";

}  // namespace pilothouse::trust
