#include "agent/process_memory.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>

namespace perch::agent {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

/// 1 where the kernel answers a touch in memory for which huge pages were asked with one, else 0. In a child, as there
/// is no way back; -1 when that went wrong.
int huge_pages_for_a_touch(bool forbidden) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (forbidden) use_no_huge_pages();
    std::size_t size = 2 * kHugePage;
    if (forbidden && ::prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) != 1) ::_exit(2);
    void* room = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    auto* const start = static_cast<unsigned char*>(std::align(kHugePage, kHugePage, room, size));
    ::madvise(start, kHugePage, MADV_HUGEPAGE);
    *start = 1;
    unsigned char there[kHugePage / 4096] = {};
    ::mincore(start, kHugePage, there);
    ::_exit(there[sizeof there - 1] & 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) < 2 ? WEXITSTATUS(status) : -1;
}

TEST(ProcessMemory, ATouchTakesNoHugePage) {
  EXPECT_EQ(huge_pages_for_a_touch(true), 0);
  EXPECT_EQ(::prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 0) << "only the child was told";
  // Where the machine has none at all, it is the kernel's answer to the question above that proves something.
  EXPECT_GE(huge_pages_for_a_touch(false), 0);
}

}  // namespace
}  // namespace perch::agent
