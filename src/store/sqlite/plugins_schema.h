#pragma once

#include <string>

namespace pilothouse::store::sqlite {

// The step of the schema that knows signed plugins: what is offered, what is revoked, what became of them.
std::string plugins_schema();

}  // namespace pilothouse::store::sqlite
