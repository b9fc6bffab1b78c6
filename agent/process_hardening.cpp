#include "agent/process_hardening.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "hal/base/log.hpp"

namespace perch::agent {

void harden_process() {
  const rlimit none{0, 0};
  rlimit now{};
  // A unit that has set the limit may well forbid setting limits.
  bool done = ::getrlimit(RLIMIT_CORE, &now) == 0 && (now.rlim_max == 0 || ::setrlimit(RLIMIT_CORE, &none) == 0);
  // A core pattern that is a pipe disregards the limit.
  done = ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && done;
  done = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && done;
  if (!done) PERCH_WARN("agent", "msg=\"the system does not let this process lock itself up\"");
}

}  // namespace perch::agent
