// The daemon's end of the conversation with perch-libcamera: which buffers there are and who has them.
#pragma once

#include <optional>
#include <vector>

#include "hal/video/fd_messages.hpp"
#include "hal/video/libcamera_protocol.hpp"
#include "hal/video/shared_buffer.hpp"

namespace perch::video {

/// Messages in, frames out; trusts nothing that comes. No socket, no clock; maps the memory it is offered. One thread.
class LibcameraLink {
 public:
  /// Takes the next message. A frame's buffer stays here until take_back(). Errors: kInvalid when the other program
  /// breaks the rules of libcamera_protocol.hpp; what it reported itself when the camera failed.
  [[nodiscard]] Result<std::optional<FrameFilled>> on_message(FdMessage message);

  /// All buffers are there; format() and camera() hold from now on, and frames may come.
  [[nodiscard]] bool ready() const { return started_ && buffers_.size() == started_->buffers; }
  [[nodiscard]] const VideoFormat& format() const { return started_->format; }
  [[nodiscard]] const std::string& camera() const { return started_->camera; }

  /// The picture in a buffer that is here.
  [[nodiscard]] std::array<Plane, 3> planes(const FrameFilled& frame) const;
  /// Its DMA buffer, see SharedBuffer::dma_buffer().
  [[nodiscard]] std::pair<int, std::size_t> dma_buffer(const FrameFilled& frame) const;
  /// The buffer is no longer needed; the caller sends BufferReturned.
  void take_back(std::uint8_t index);

 private:
  struct Buffer {
    SharedBuffer memory;
    bool here = false;
  };
  using Outcome = Result<std::optional<FrameFilled>>;
  // What is not taken of `files` is closed with the message.
  [[nodiscard]] Outcome on(const CameraStarted& started, std::vector<UniqueFd>& files);
  [[nodiscard]] Outcome on(const BufferOffered& offered, std::vector<UniqueFd>& files);
  [[nodiscard]] Outcome on(const FrameFilled& frame, std::vector<UniqueFd>& files);
  [[nodiscard]] Outcome on(const BufferReturned& returned, std::vector<UniqueFd>& files);
  [[nodiscard]] Outcome on(const CameraFailed& failed, std::vector<UniqueFd>& files);

  std::optional<CameraStarted> started_;
  std::vector<Buffer> buffers_;
};

}  // namespace perch::video
