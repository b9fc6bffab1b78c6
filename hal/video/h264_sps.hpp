// The picture size from an H.264 sequence parameter set.
#pragma once

#include <optional>

#include "hal/base/bytes.hpp"
#include "hal/base/units.hpp"

namespace perch::video {

/// Size after cropping, of an SPS NAL unit without start code. Nothing when it is malformed, cut short or absurd
/// (over 16,384 in either direction).
[[nodiscard]] std::optional<Size> parse_sps_size(ByteView nal);

/// The first SPS of an Annex B access unit, without start code; empty when there is none.
[[nodiscard]] ByteView find_sps(ByteView access_unit);

}  // namespace perch::video
