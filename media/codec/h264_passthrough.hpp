// Takes H.264 from a camera or file as it is, and makes every key frame complete.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "hal/base/h264_sps.hpp"
#include "media/codec/h264_encoder.hpp"
#include "media/rtp/h264_nal.hpp"

namespace perch::codec {

/// Cuts access units into NAL units, remembers SPS and PPS and puts them in front of every IDR: cameras send them once,
/// but joiners come at any time. Starts with the first complete key frame. Single thread.
class H264Passthrough {
 public:
  /// One access unit as a byte stream. Nothing when there is no picture to send: only parameter sets, or no key frame
  /// yet. The NAL units are borrowed from `byte_stream` and from here, until the next call.
  [[nodiscard]] std::optional<EncodedFrame> on_access_unit(ByteView byte_stream);
  /// Of the newest SPS, once there was a complete key frame.
  [[nodiscard]] const std::optional<Sps>& sps() const { return started_ ? sps_ : kNone; }

 private:
  static const std::optional<Sps> kNone;

  void remember(ByteView nal);
  void compose_key_frame();

  std::map<std::uint32_t, Bytes> sps_by_id_;
  std::map<std::uint32_t, Bytes> pps_by_id_;
  std::optional<Sps> sps_;
  bool started_ = false;
  std::vector<ByteView> nals_;      // of the unit as it came
  std::vector<ByteView> complete_;  // of a key frame with its parameter sets in front
};

}  // namespace perch::codec
