// The interface of everything that delivers video, and the function that opens one by its configured name.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/base/result.hpp"
#include "hal/video/frame.hpp"

namespace perch::video {

/// What the configuration asks for; a source gives the nearest it has.
struct SourceRequest {
  std::string source = "auto";  ///< auto | pattern | /dev/videoN | file:PATH (.y4m, .h264)
  Size size{1280, 720};
  FrameRate rate{30, 1};
  Bitrate bitrate = Bitrate::kbps(2000);  ///< of a camera that encodes by itself
  /// Take H.264 from a camera that has it as well as raw formats; otherwise only from one that has nothing else.
  bool prefer_h264 = false;
  /// With source auto: no test pattern in place of a camera, because there was one and it may come back.
  bool camera_only = false;
  /// "NAME=VALUE", set at each opening; see camera_controls.hpp. A wrong one is a warning.
  std::vector<std::string> controls = {};
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
  /// For sources that encode by themselves: the next picture is to be a key frame. False: cannot be asked for.
  [[nodiscard]] virtual bool request_keyframe() { return false; }
  /// Likewise, the target from the next picture on. False: cannot be set.
  [[nodiscard]] virtual bool set_bitrate(Bitrate) { return false; }
  /// Frame::dmabuf is wanted from now on, where the driver has it.
  virtual void export_dmabufs() {}
  /// Frames skipped because the driver said that they are damaged, or because they were not all there.
  [[nodiscard]] virtual std::uint64_t damaged() const { return 0; }
  /// A device that can be pulled out, and not what stands in for one.
  [[nodiscard]] virtual bool is_camera() const { return false; }
  /// For logs: "/dev/video0 (vivid)", "test pattern", "file:clip.h264".
  [[nodiscard]] virtual std::string description() const = 0;
};

/// Whether a source of this name could be one that delivers H.264, as far as can be told without looking at any device.
[[nodiscard]] bool may_have_h264(const std::string& source);

/// Whether the source could be one that delivers H.264 at about the wanted size. Opens devices to read what they list,
/// without starting them; false for one that cannot be looked at now. Any thread.
[[nodiscard]] bool may_deliver_h264(const SourceRequest& request);

/// Opens by name. Errors say what was tried and the way out ("permission denied: add the user to group video").
[[nodiscard]] Result<std::unique_ptr<VideoSource>> open_video_source(const SourceRequest& request);

}  // namespace perch::video
