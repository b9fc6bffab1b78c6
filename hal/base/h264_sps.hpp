// Reads from an H.264 sequence parameter set what SDP, files and the converter need: profile, level and picture size.
#pragma once

#include <cstdint>
#include <string>

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "hal/base/units.hpp"

namespace perch {

struct Sps {
  std::uint8_t profile_idc = 0;
  std::uint8_t constraint_flags = 0;  ///< constraint_set0_flag is the highest bit
  std::uint8_t level_idc = 0;         ///< ten times the level
  Size size;                          ///< after cropping
  /// RFC 6184 §8.1 profile-level-id, e.g. "42c01f".
  [[nodiscard]] std::string profile_level_id() const;
};

/// `nal` with its header, without start code. kInvalid for anything but a complete SPS with a sane size. Any thread.
[[nodiscard]] Result<Sps> parse_sps(ByteView nal);

/// The first SPS of an Annex B access unit, without start code; empty when there is none.
[[nodiscard]] ByteView find_sps(ByteView access_unit);

}  // namespace perch
