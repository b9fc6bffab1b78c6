// NAL units for tests: a small real stream head and bodies of any size that contain no start code.
#pragma once

#include <vector>

#include "hal/base/bytes.hpp"
#include "media/rtp/h264_nal.hpp"

namespace perch::rtp::test {

/// x264, constrained baseline 3.1, 1280x720.
inline const Bytes kSps720p{0x67, 0x42, 0xc0, 0x1f, 0xd9, 0x00, 0x50, 0x05, 0xbb, 0x01, 0x10, 0x00, 0x00,
                            0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0xc0, 0xf1, 0x83, 0x24, 0x80};
inline const Bytes kPps{0x68, 0xcb, 0x83, 0xcb, 0x20};

/// A NAL unit of `size` bytes in all; header with nal_ref_idc 3.
inline Bytes nal_of(NalType type, std::size_t size) {
  Bytes nal(size);
  for (std::size_t i = 1; i < size; ++i) nal[i] = static_cast<std::uint8_t>(1 + i * 7 % 255);
  nal[0] = static_cast<std::uint8_t>(0x60 | static_cast<std::uint8_t>(type));
  return nal;
}

inline std::vector<ByteView> views_of(const std::vector<Bytes>& nals) { return {nals.begin(), nals.end()}; }

}  // namespace perch::rtp::test
