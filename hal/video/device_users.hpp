// Who has a device file open, for the words of a "busy" error.
#pragma once

#include <string>

namespace perch::video {

/// E.g. "held by ffmpeg (pid 4711)", as far as /proc shows other people's processes; "held by another program"
/// otherwise. `proc` is where procfs is mounted. Our own process is left out.
[[nodiscard]] std::string describe_device_users(const std::string& device, const std::string& proc = "/proc");

}  // namespace perch::video
