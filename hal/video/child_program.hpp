// A program that runs beside the daemon and ends with it.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "hal/base/result.hpp"
#include "hal/base/time.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::video {

/// Owned by one thread. Destruction ends the program as end() does.
class ChildProgram {
 public:
  /// What the program finds its socket as.
  static constexpr int kChannelFd = 3;

  /// Starts `path` with `arguments` (without the name); it inherits standard output and error, and `channel` as
  /// kChannelFd, nothing else. kNotFound or kPermission when there is no such program.
  [[nodiscard]] static Result<ChildProgram> start(const std::string& path, const std::vector<std::string>& arguments,
                                                  UniqueFd channel);
  ~ChildProgram();
  ChildProgram(ChildProgram&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), process_(std::move(other.process_)), ended_(std::move(other.ended_)) {}
  ChildProgram& operator=(ChildProgram&&) = delete;

  /// Waits up to `patience` for the program to end by itself, as it does when the other end of its channel is closed;
  /// then kills it. Tells how it ended: "exit code 1", "signal 9". May be called again.
  std::string end(Duration patience);

 private:
  ChildProgram(pid_t pid, UniqueFd process) : pid_(pid), process_(std::move(process)) {}

  pid_t pid_;         // -1 once it was waited for
  UniqueFd process_;  // pidfd, readable once it ended; empty on kernels before 5.3
  std::string ended_;
};

}  // namespace perch::video
