#include "agent/process_memory.hpp"

#include <malloc.h>
#include <sys/prctl.h>

namespace perch::agent {

void use_one_heap() { ::mallopt(M_ARENA_MAX, 1); }

void use_no_huge_pages() { ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); }

void give_memory_back() { ::malloc_trim(0); }

}  // namespace perch::agent
