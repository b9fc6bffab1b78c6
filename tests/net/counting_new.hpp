// Counts this program's heap allocations made through operator new.
#pragma once

#include <cstddef>

namespace perch {

/// Since the start, all threads.
[[nodiscard]] std::size_t allocations_so_far();

}  // namespace perch
