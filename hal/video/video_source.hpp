// The interface of everything that delivers video, and the function that opens one by its configured name.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "hal/base/result.hpp"
#include "hal/video/frame.hpp"

namespace perch::video {

/// What the configuration asks for; a source gives the nearest it has.
struct SourceRequest {
  std::string source = "auto";  ///< auto | pattern | /dev/videoN | file:PATH (.y4m, .h264)
  Size size{1280, 720};
  FrameRate rate{30, 1};
};

/// An open source, delivering from the moment it exists until it is destroyed (which closes the device).
/// One thread uses it; nothing blocks but the poll on fd(), which is the caller's.
class VideoSource {
 public:
  virtual ~VideoSource() = default;
  /// What is really delivered. Constant.
  [[nodiscard]] virtual const VideoFormat& format() const = 0;
  /// Readable when read_frame() has something to say. Constant, owned by the source.
  [[nodiscard]] virtual int fd() const = 0;
  /// The next frame, or nothing when none is ready (or a damaged one was skipped). The frame is borrowed until the next
  /// call. kNotFound: the device is gone. Any other error: the source must be closed and may be opened again.
  [[nodiscard]] virtual Result<std::optional<Frame>> read_frame(TimePoint now) = 0;
  /// For logs: "/dev/video0 (vivid)", "test pattern", "file:clip.h264".
  [[nodiscard]] virtual std::string description() const = 0;
};

/// Opens by name. Errors say what was tried and the way out ("permission denied: add the user to group video").
[[nodiscard]] Result<std::unique_ptr<VideoSource>> open_video_source(const SourceRequest& request);

}  // namespace perch::video
