// Who has a device file open and who may open it, for the words of errors.
#pragma once

#include <string>

namespace perch::video {

/// E.g. "held by ffmpeg (pid 4711)", as far as /proc shows other people's processes; "held by another program"
/// otherwise. `proc` is where procfs is mounted. Our own process is left out.
[[nodiscard]] std::string describe_device_users(const std::string& device, const std::string& proc = "/proc");

/// The way out of "permission denied": "add the user to group video", with the file's own group where that group may
/// read and write.
[[nodiscard]] std::string describe_device_group(const std::string& device);

}  // namespace perch::video
