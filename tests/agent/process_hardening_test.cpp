#include "agent/process_hardening.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace perch::agent {
namespace {

/// Bits of what is still possible. In a child, because there is no way back.
int left_after_hardening() {
  const pid_t child = ::fork();
  if (child == 0) {
    harden_process();
    rlimit core{};
    ::getrlimit(RLIMIT_CORE, &core);
    const int dumps = core.rlim_cur != 0 || core.rlim_max != 0 ? 1 : 0;
    const int looks = ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0 ? 2 : 0;
    const int gains = ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ? 4 : 0;
    ::_exit(dumps | looks | gains);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ProcessHardening, NoCoreNoLookingInNoPrivileges) { EXPECT_EQ(left_after_hardening(), 0); }

}  // namespace
}  // namespace perch::agent
