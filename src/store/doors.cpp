#include "store/doors.h"

#include <algorithm>

#include "base/duration.h"

namespace pilothouse::store {

namespace {

constexpr base::Micros kDay = 86'400 * base::kMicrosPerSecond;

}  // namespace

std::string_view role_word(Role role) { return role == Role::kOwner ? "owner" : "member"; }

base::Result<Role> parse_role(std::string_view word) {
  if (word == "owner") return Role::kOwner;
  if (word == "member") return Role::kMember;
  return base::error(base::Errc::kInvalidArgument, "a role is \"owner\" or \"member\"");
}

base::Result<base::Micros> parse_lifetime(std::string_view text) {
  auto lifetime = base::parse_duration(text);
  if (lifetime && (*lifetime < base::kMicrosPerSecond || *lifetime > 36'525 * kDay)) {
    return base::error(base::Errc::kInvalidArgument, "must be from 1 s to 100 years");
  }
  return lifetime;
}

base::Result<base::Micros> parse_grace(std::string_view text) {
  auto grace = base::parse_duration(text);
  if (grace && *grace > 366 * kDay) {
    return base::error(base::Errc::kInvalidArgument, "must be at most a year");
  }
  return grace;
}

bool is_door_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const auto fits = [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= 64 && plain(name.front()) &&
         std::all_of(name.begin(), name.end(), fits);
}

}  // namespace pilothouse::store
