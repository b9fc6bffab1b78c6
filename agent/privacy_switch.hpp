// The camera is switched off on purpose, and stays so over restarts.
#pragma once

#include <string>

#include "hal/base/result.hpp"

namespace perch::agent {

/// A file in the state folder says so. Thread: ctl.
class PrivacySwitch {
 public:
  explicit PrivacySwitch(const std::string& state_dir);

  [[nodiscard]] bool on() const { return on_; }
  /// Errors: the file cannot be written or removed. Switching on counts all the same, until the next restart; off does
  /// not, because a camera that says it is private must be.
  [[nodiscard]] Result<void> set(bool on);

 private:
  const std::string path_;
  bool on_ = false;
};

}  // namespace perch::agent
