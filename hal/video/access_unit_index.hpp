// Finds the access units (coded pictures) of an Annex B H.264 byte stream; pure, fed in pieces of any size.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hal/base/bytes.hpp"

namespace perch::video {

/// Where one access unit lies in the stream, its first start code included.
struct AccessUnitExtent {
  std::uint64_t offset = 0;  ///< [bytes] from the start of the stream
  std::uint64_t size = 0;    ///< [bytes]
  bool is_idr = false;
  bool operator==(const AccessUnitExtent&) const = default;
};

class AccessUnitIndex {
 public:
  /// The next piece of the stream.
  void push(ByteView piece);
  /// Ends the stream and returns all access units that hold a picture, in order.
  [[nodiscard]] std::vector<AccessUnitExtent> finish();

 private:
  void on_nal_start(std::uint64_t start_code, std::uint8_t header, std::uint8_t first_payload_byte);
  void close_unit(std::uint64_t end);

  std::vector<AccessUnitExtent> units_;
  std::uint64_t position_ = 0;  ///< of the byte that comes next
  unsigned zeros_ = 0;          ///< zero bytes just before `position_`
  /// A start code was seen; its position, and the NAL header once that came.
  std::optional<std::uint64_t> start_code_;
  std::optional<std::uint8_t> header_;
  std::optional<AccessUnitExtent> unit_;  ///< the open one
  bool has_picture_ = false;              ///< the open unit holds a slice
};

}  // namespace perch::video
