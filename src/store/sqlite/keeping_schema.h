#pragma once

#include <string>

namespace pilothouse::store::sqlite {

// The step of the schema that knows what is stored, how old it is and how long it is kept. Triggers keep the
// sums, so that whoever adds or removes rows cannot forget to count them.
std::string keeping_schema();

}  // namespace pilothouse::store::sqlite
