#include "agent/privacy_switch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "hal/base/log.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::agent {

/// A folder that cannot be looked into counts as on: whether it is, nobody knows.
PrivacySwitch::PrivacySwitch(const std::string& state_dir) : path_(state_dir + "/privacy") {
  on_ = ::access(path_.c_str(), F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

Result<void> PrivacySwitch::set(bool on) {
  if (!on) {
    if (::unlink(path_.c_str()) != 0 && errno != ENOENT) return fail_errno("cannot remove " + in_quotes(path_));
    on_ = false;
    return {};
  }
  on_ = true;
  const UniqueFd file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!file || ::fsync(file.get()) != 0)
    return fail_errno("privacy is on, but not over a restart: cannot write " + in_quotes(path_));
  return {};
}

}  // namespace perch::agent
