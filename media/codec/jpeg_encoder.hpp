// Makes a JPEG file of one picture.
#pragma once

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "media/codec/i420.hpp"

namespace perch::codec {

/// `full_range`: levels 0..255, as JPEG has them; otherwise 16..235, which are stretched. `quality` [1..100]. Any
/// thread.
[[nodiscard]] Result<Bytes> encode_jpeg(const I420View& picture, bool full_range, int quality = 90);

}  // namespace perch::codec
