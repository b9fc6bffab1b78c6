// See child_program.hpp.
#include "hal/video/child_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace perch::video {
namespace {

constexpr Duration kGoodbye = milliseconds(500);  // time to close the camera in order

/// posix_spawn's arguments: the channel at its place, no other file, default signals (our threads block them all).
class SpawnPlan {
 public:
  explicit SpawnPlan(int channel) {
    posix_spawn_file_actions_init(&files_);
    // Should both be the same, posix_spawn clears close-on-exec, as POSIX.1-2024 says.
    posix_spawn_file_actions_adddup2(&files_, channel, ChildProgram::kChannelFd);
    posix_spawn_file_actions_addclosefrom_np(&files_, ChildProgram::kChannelFd + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }

  int run(const char* path, char* const* arguments, pid_t& pid) const {
    return posix_spawn(&pid, path, &files_, &attributes_, arguments, environ);
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

Errc code_of(int os_error) {
  switch (os_error) {
    case ENOENT: return Errc::kNotFound;
    case EACCES:
    case EPERM: return Errc::kPermission;
    default: return Errc::kIo;
  }
}

UniqueFd open_process(pid_t pid) {
#ifdef SYS_pidfd_open
  return UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
#else
  return UniqueFd();
#endif
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<ChildProgram> ChildProgram::start(const std::string& path, const std::vector<std::string>& arguments,
                                         UniqueFd channel) {
  std::vector<char*> words{const_cast<char*>(path.c_str())};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  pid_t pid = -1;
  const int error = SpawnPlan(channel.get()).run(path.c_str(), words.data(), pid);
  if (error != 0) return fail(code_of(error), "cannot start " + path, error);
  return ChildProgram(pid, open_process(pid));
}

ChildProgram::~ChildProgram() { end(kGoodbye); }

std::string ChildProgram::end(Duration patience) {
  if (pid_ < 0) return ended_;
  pollfd entry{process_.get(), POLLIN, 0};
  const bool gone = process_ && poll(&entry, 1, static_cast<int>(to_ms(patience))) == 1;
  if (!gone) kill(pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  process_.reset();
  return ended_ = describe(status);
}

}  // namespace perch::video
