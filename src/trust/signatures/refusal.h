#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace pilothouse::trust {

// Why a bundle is not taken. The names are permanent: hosts record them and scripts read them.
enum class Code : std::uint8_t {
  kMalformed,       // the bytes or the manifest do not follow the format
  kTooLarge,        // over a limit
  kNoSignature,     // nobody signed, or not the publisher that the manifest names
  kBadSignature,    // a signature, whoever's, does not fit the bytes
  kDuplicateKey,    // a key has signed twice
  kUnknownKey,      // no signer is pinned
  kRevokedKey,      // a pinned signer is revoked, and without it there are too few
  kBelowThreshold,  // too few pinned signers
  kWithdrawn,       // the bundle itself is revoked
  kWrongName,       // it is another plugin
  kLookAlike,       // it is another plugin whose name looks like the wanted one
  kBadPath,         // a file's path is not allowed, or two of them are too much alike
  kBadHash,         // a file is not what the manifest says
  kBadEntry,        // the entry's module is not among the files, or cannot be one
  kExpired,
  kIncompatible,       // not for this Python or this distributed
  kBelowLeastVersion,  // older than the policy's least version
  kRollback,           // older than what this host has accepted, or that cannot be told
  kAuditMismatch,      // the auditor does not say of the files what the manifest says that it did
  kTooRisky,           // over the policy's highest risk, or that cannot be told
};

// "bad_signature"
std::string_view name_of(Code code);

// `message` is a sentence for people: what is wrong and, after a line break where it helps, what to do. Texts
// of the bundle stand in it quoted, without anything that could steer a terminal.
struct Refusal {
  Code code;
  std::string message;
};

template <class T>
using Checked = boost::system::result<T, Refusal>;

inline Refusal refuse(Code code, std::string message) { return Refusal{code, std::move(message)}; }

[[noreturn]] void throw_exception_from_error(const Refusal& refusal, const boost::source_location&);

// In quotation marks, cut after 80 characters, everything but printable ASCII as \xNN.
std::string in_quotes(std::string_view text);

}  // namespace pilothouse::trust
