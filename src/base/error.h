#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace pilothouse::base {

// Permanent numbers: never reuse one, never renumber.
enum class Errc : int {
  kInvalidArgument = 1,  // the caller gave something that cannot be right
  kMalformed = 2,        // bytes from a file or a peer do not follow their format
  kTooLarge = 3,         // over a stated limit
  kNotFound = 4,
  kUnauthorized = 5,
  kForbidden = 6,
  kConflict = 7,
  kUnavailable = 8,  // the peer cannot be reached or answers that it cannot serve
  kTimeout = 9,
  kStorage = 10,         // the database or the file system refused
  kUnknownSession = 11,  // a chunk of a session that was never opened here
  kInternal = 12,
};

// An expected failure. `message` is a sentence for a person: what is wrong and, where it helps, what to do.
struct Error {
  Errc code;
  std::string message;
};

template <class T>
using Result = boost::system::result<T, Error>;

// Asking a failed Result for its value is a bug of the caller; it is found by ADL from Result::value().
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::logic_error(error.message);
}

inline Error error(Errc code, std::string message) { return Error{code, std::move(message)}; }

}  // namespace pilothouse::base
