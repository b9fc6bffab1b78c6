// Tells when a camera's node may have appeared, so that a replugged camera need not wait for the next try.
#pragma once

#include <optional>
#include <string>

#include "hal/base/unique_fd.hpp"

namespace perch::video {

/// Watches a folder of device nodes. One thread.
class DeviceWatch {
 public:
  /// Nothing when the kernel has no watch to give: one then tries now and then.
  [[nodiscard]] static std::optional<DeviceWatch> create(const std::string& folder = "/dev");
  /// Readable when something happened.
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Takes what happened. True when a video or media node came or changed its permissions.
  [[nodiscard]] bool take_changes();

 private:
  explicit DeviceWatch(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace perch::video
