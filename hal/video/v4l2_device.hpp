// A V4L2 capture node: opening it, naming it, and what it offers. Kernel types stay in the .cpp files.
#pragma once

#include <string>
#include <vector>

#include "hal/base/result.hpp"
#include "hal/base/unique_fd.hpp"
#include "hal/video/video_source.hpp"

namespace perch::video {

/// ioctl() that goes on after a signal. Returns what ioctl does, errno included.
[[nodiscard]] int xioctl(int fd, unsigned long request, void* argument);
/// What answers an ioctl: xioctl(), or a test double where no driver exists for a case.
using IoctlFunction = int (*)(int fd, unsigned long request, void* argument);

/// An open capture node, non-blocking. Owned by one thread.
class V4l2Device {
 public:
  /// Errors: kNotFound (with the cameras there are), kPermission (with the group to join), kBusy (with who has it),
  /// kUnsupported (not a camera).
  [[nodiscard]] static Result<V4l2Device> open(const std::string& path);
  /// The same without the list of cameras in the error.
  [[nodiscard]] static Result<V4l2Device> open_node(const std::string& path);

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// What the driver calls the camera, e.g. "HD Webcam C525".
  [[nodiscard]] const std::string& card() const { return card_; }
  /// The driver uses the multi-planar API, which has other structures for the same things.
  [[nodiscard]] bool multi_planar() const { return multi_planar_; }
  /// False for a node that delivers nothing by itself: one end of a pipeline that others have to set up
  /// (V4L2_CAP_IO_MC), or of an image processor that others have to feed. Such a camera is libcamera's.
  [[nodiscard]] bool standalone() const { return standalone_; }
  /// V4L2_BUF_TYPE_VIDEO_CAPTURE or its multi-planar sibling.
  [[nodiscard]] unsigned buffer_type() const;
  /// The failure of an ioctl that just set errno, in words; for EBUSY with who holds the device.
  [[nodiscard]] tl::unexpected<Error> fail_ioctl(const std::string& what) const;

  /// Of every pixel format we can use, the nearest size to `wanted` at every rate (the nearest of a range) the camera
  /// has there. A driver that does not list sizes or rates is taken at its word that it tries: the request itself is
  /// listed.
  [[nodiscard]] std::vector<VideoFormat> offers(Size wanted, FrameRate rate) const;

 private:
  V4l2Device(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  [[nodiscard]] Result<void> query_capabilities();

  UniqueFd fd_;
  std::string path_;
  std::string card_;
  bool multi_planar_ = false;
  bool standalone_ = true;
};

/// V4L2's code for a pixel format, and back (nothing for those we cannot use).
[[nodiscard]] std::uint32_t to_fourcc(PixelFormat format);
[[nodiscard]] std::optional<PixelFormat> from_fourcc(std::uint32_t fourcc);

/// /dev/videoN, by number: cameras and everything else that has such a name.
[[nodiscard]] std::vector<std::string> list_video_nodes();
/// For errors: "/dev/video0 (HD Webcam), /dev/video2 (no permission)" or "no camera".
[[nodiscard]] std::string describe_cameras();

}  // namespace perch::video
