// Puts RTP payloads (RFC 6184, packetization-mode=1) together to access units again: what tests and receivers check
// with.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "media/rtp/types.hpp"

namespace perch::rtp {

/// A received picture; the NAL units own their bytes and have no start codes.
struct ReceivedAccessUnit {
  Timestamp timestamp;
  std::vector<Bytes> nals;
  bool keyframe = false;  ///< holds an IDR slice
};

/// Single thread. Reordering and loss detection are the caller's: payloads come in sequence order, gaps through
/// on_gap().
class H264Depacketizer {
 public:
  /// [bytes] larger access units are refused, so that a peer that never sets the marker cannot fill the memory.
  static constexpr std::size_t kMaxAccessUnit = 4 * 1024 * 1024;

  /// An access unit when this payload completes one. kInvalid for a malformed or unfitting payload, kTooLarge past the
  /// limit: the unit it belongs to is given up and the rest of it is skipped silently.
  [[nodiscard]] Result<std::optional<ReceivedAccessUnit>> on_payload(ByteView payload, Timestamp timestamp,
                                                                     bool marker);
  /// Packets are missing here: gives up the unit under construction, and that of the next payload, whose head may be
  /// missing.
  void on_gap();

 private:
  [[nodiscard]] Result<void> take(ByteView payload);
  [[nodiscard]] Result<void> take_stap_a(ByteView payload);
  [[nodiscard]] Result<void> take_fu_a(ByteView payload);
  [[nodiscard]] Result<void> append_nal(ByteView nal);
  [[nodiscard]] std::optional<ReceivedAccessUnit> finish();
  void start_over(Timestamp timestamp);

  ReceivedAccessUnit unit_;
  std::size_t size_ = 0;      // of unit_ [bytes]
  bool in_fragment_ = false;  // the last of unit_.nals waits for its next FU-A
  bool damaged_ = false;      // skip to the next timestamp
  bool gap_ = false;          // before the next payload
  bool started_ = false;
};

}  // namespace perch::rtp
