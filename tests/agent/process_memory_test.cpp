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

/// Whether the kernel answers a touch in memory for which huge pages were asked with one. In a child, as there is no
/// way back.
bool a_touch_takes_a_huge_page(bool forbidden) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (forbidden) use_no_huge_pages();
    std::size_t size = 2 * kHugePage;
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
  return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

TEST(ProcessMemory, ATouchTakesNoHugePage) {
  EXPECT_FALSE(a_touch_takes_a_huge_page(true));
  EXPECT_EQ(::prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 0) << "only the child was told";
  if (!a_touch_takes_a_huge_page(false)) GTEST_LOG_(INFO) << "this machine has no huge pages at all";
}

}  // namespace
}  // namespace perch::agent
