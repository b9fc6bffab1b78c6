// One camera of libcamera's: opened, configured, running.
#pragma once

#include <libcamera/camera.h>
#include <libcamera/camera_manager.h>
#include <libcamera/framebuffer_allocator.h>

#include <memory>
#include <mutex>
#include <queue>
#include <vector>

#include "hal/base/unique_fd.hpp"
#include "hal/video/libcamera/options.hpp"
#include "hal/video/libcamera/stream_choice.hpp"

namespace perch::video {

/// A request that libcamera has completed; its buffer is ours until requeue().
struct CompletedFrame {
  std::uint8_t index = 0;  ///< of the buffer
  bool damaged = false;
  std::uint32_t number = 0;
  nanoseconds captured_at{0};
  std::uint32_t bytes_used = 0;  ///< of the first plane
};

/// The main thread's; libcamera's own thread only fills the queue. Destruction stops and releases the camera.
class CameraSession {
 public:
  /// Errors: kNotFound with the cameras there are, kBusy, kUnsupported, kPermission with the group to join.
  [[nodiscard]] static Result<std::unique_ptr<CameraSession>> open(const LibcameraOptions& options);
  /// "0: NAME" per line; empty when there is none.
  [[nodiscard]] static std::string list();
  ~CameraSession();
  CameraSession(const CameraSession&) = delete;
  CameraSession& operator=(const CameraSession&) = delete;

  [[nodiscard]] const std::string& name() const { return camera_->id(); }
  [[nodiscard]] const StreamChoice& choice() const { return choice_; }
  [[nodiscard]] FrameRate rate() const { return rate_; }
  [[nodiscard]] const libcamera::StreamConfiguration& stream() const { return configuration_->at(0); }
  /// At most kMaxLibcameraBuffers.
  [[nodiscard]] const std::vector<std::unique_ptr<libcamera::FrameBuffer>>& buffers() const;

  /// Frames come from now on.
  [[nodiscard]] Result<void> start();
  /// Readable when next_completed() has something to say.
  [[nodiscard]] int fd() const { return wake_.get(); }
  /// The next frame, or nothing. kNotFound: the camera is gone.
  [[nodiscard]] Result<std::optional<CompletedFrame>> next_completed();
  /// False when a device that libcamera has open is gone; it does not always say so (vimc in 0.0.3).
  [[nodiscard]] bool is_there() const;
  [[nodiscard]] Result<void> requeue(std::uint8_t index);

 private:
  CameraSession() = default;
  [[nodiscard]] Result<void> acquire(const std::string& wanted);
  [[nodiscard]] Result<void> configure(const LibcameraOptions& options);
  [[nodiscard]] Result<void> make_requests();
  // On libcamera's thread.
  void on_completed(libcamera::Request* request);
  void on_disconnected();
  void wake();

  UniqueFd wake_;  // eventfd
  libcamera::CameraManager manager_;
  std::shared_ptr<libcamera::Camera> camera_;
  bool acquired_ = false;
  std::unique_ptr<libcamera::CameraConfiguration> configuration_;
  StreamChoice choice_;
  FrameRate rate_;
  libcamera::ControlList controls_;
  std::unique_ptr<libcamera::FrameBufferAllocator> allocator_;
  std::vector<std::unique_ptr<libcamera::Request>> requests_;  // by buffer index

  std::mutex mutex_;
  std::queue<libcamera::Request*> completed_;  // under mutex_
  bool gone_ = false;                          // under mutex_
};

}  // namespace perch::video
