#pragma once

namespace pilothouse::store::sqlite {

// Step 4: users, their tokens, and the audit log. Every workspace of before gets the user "owner", to whom
// its tokens belong, with all scopes.
const char* doors_schema();

}  // namespace pilothouse::store::sqlite
