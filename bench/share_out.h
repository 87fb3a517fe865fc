#pragma once

#include <cstddef>
#include <functional>

namespace pilothouse::bench {

// Calls `work` with each number below `count` once, in order, in so many threads; each takes the next one
// when it is done. Throws when all threads have ended, what one of them threw.
void share_out(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work);

}  // namespace pilothouse::bench
