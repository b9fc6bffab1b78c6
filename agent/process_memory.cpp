#include "agent/process_memory.hpp"

#include <malloc.h>

namespace perch::agent {

void use_one_heap() { ::mallopt(M_ARENA_MAX, 1); }

void give_memory_back() { ::malloc_trim(0); }

}  // namespace perch::agent
