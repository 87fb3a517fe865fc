#pragma once

#include <string>

namespace pilothouse::store::sqlite {

// The step of the schema that keeps what the auditor says of published plugins.
std::string reports_schema();

}  // namespace pilothouse::store::sqlite
