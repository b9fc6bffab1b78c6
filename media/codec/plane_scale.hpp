// Resizing of one plane and of whole I420 pictures.
#pragma once

#include <cstdint>

#include "media/codec/i420.hpp"

namespace perch::codec {

/// Averages when it shrinks, interpolates when it grows. Strides in bytes.
void scale_plane(const std::uint8_t* from, int from_stride, Size from_size, std::uint8_t* to, int to_stride,
                 Size to_size);

/// Fills `out`, whose size says to what.
void scale_i420(const I420View& from, I420Buffer& out);

}  // namespace perch::codec
