// Camera to hardware encoder without the pipeline, for an encoder whose coding nobody could watch.
#pragma once

#include <atomic>

#include "hal/video/video_source.hpp"

namespace perch::video {

struct M2mTotals {
  std::atomic<std::uint64_t> frames{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<bool> zero_copy{false};
};

/// Feeds the camera's frames to the FWHT encoder of the kernel's driver vicodec until `stop`, by their DMA buffers
/// where both sides can. `totals` grow meanwhile.
[[nodiscard]] Result<void> run_m2m(VideoSource& camera, const std::atomic<bool>& stop, M2mTotals& totals);

}  // namespace perch::video
