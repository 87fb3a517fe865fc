#pragma once

#include <string>
#include <string_view>

namespace pilothouse::store {

// "ph_" and 43 characters of URL-safe base64: 256 random bits.
std::string new_token();

// SHA-256 of a token, 32 bytes: all that is ever stored of it.
std::string hash_token(std::string_view token);

// In a time that does not depend on where they differ.
bool same_hash(std::string_view left, std::string_view right);

}  // namespace pilothouse::store
