// Where the pictures lie that the daemon reads: in the camera's own buffers, or in converted copies.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "hal/base/result.hpp"
#include "hal/video/libcamera/camera_session.hpp"
#include "hal/video/libcamera_protocol.hpp"

namespace perch::video {

/// One thread. Must not outlive its session.
class FrameSupply {
 public:
  struct Offer {
    BufferOffered message;
    std::vector<int> files;  ///< borrowed from the supply
  };
  virtual ~FrameSupply() = default;
  [[nodiscard]] virtual std::vector<Offer> offers() const = 0;
  /// The index of the offered buffer in which the frame is lent to the daemon; nothing when none is free, and the
  /// frame is left out. The camera has its own buffer back as soon as it can.
  [[nodiscard]] virtual Result<std::optional<std::uint8_t>> lend(const CompletedFrame& frame) = 0;
  /// The daemon is done with it. kInvalid when it has not had it.
  [[nodiscard]] virtual Result<void> take_back(std::uint8_t index) = 0;
};

/// The camera's buffers as they are (DMA buffers): nothing is copied.
[[nodiscard]] Result<std::unique_ptr<FrameSupply>> make_direct_supply(CameraSession& session);
/// I420 in sealed memory files, converted from the camera's RGB.
[[nodiscard]] Result<std::unique_ptr<FrameSupply>> make_converting_supply(CameraSession& session);

}  // namespace perch::video
