#pragma once

#include <string>

namespace pilothouse::store::sqlite {

// The seventh step: what the pages show of clusters, of their history and of exceptions across clusters.
std::string pages_schema();

}  // namespace pilothouse::store::sqlite
