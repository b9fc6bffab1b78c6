// Cuts an H.264 byte stream (ITU-T H.264 annex B) into NAL units without copying.
#pragma once

#include <cstddef>
#include <optional>

#include "hal/base/bytes.hpp"

namespace perch::rtp {

/// Walks over one run of bytes, which must outlive the views it gives out. Any input is fine: bytes in front of the
/// first start code are skipped, empty NAL units are left out.
class AnnexBReader {
 public:
  explicit AnnexBReader(ByteView stream);
  /// The next NAL unit without start code and trailing zeros; never empty.
  [[nodiscard]] std::optional<ByteView> next();

 private:
  ByteView rest_;  // begins right after a start code
};

/// Offset of the next 00 00 01, or the size when there is none.
[[nodiscard]] std::size_t find_start_code(ByteView bytes);

}  // namespace perch::rtp
