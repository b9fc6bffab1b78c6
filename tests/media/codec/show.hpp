// Shows a frame to an encoder as VideoTiers does.
#pragma once

#include "media/codec/tier_encoder.hpp"

namespace perch::codec::test {

inline Result<rtp::FramePacketsPtr> show(TierEncoder& tier, const video::Frame& frame, TimePoint now,
                                         rtp::Timestamp timestamp = {}) {
  PixelConverter converter;
  SharedPicture picture(frame, timestamp, converter);
  return tier.on_picture(picture, now);
}

}  // namespace perch::codec::test
