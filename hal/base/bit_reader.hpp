// Reads an H.264 NAL unit bit by bit, emulation prevention undone, never past the end.
#pragma once

#include <cstddef>
#include <cstdint>

#include "hal/base/bytes.hpp"

namespace perch {

/// Past the end, or on a number that does not fit, everything reads as zero and ok() is false for good.
class BitReader {
 public:
  /// `rbsp` is a NAL unit's content after its header byte, emulation prevention bytes still in it; borrowed.
  explicit BitReader(ByteView rbsp) : bytes_(rbsp) {}
  [[nodiscard]] bool ok() const { return ok_; }

  [[nodiscard]] bool flag() { return bits(1) != 0; }
  /// u(n), n up to 32.
  [[nodiscard]] std::uint32_t bits(int count);
  /// ue(v): H.264 9.1. Codes longer than 32 bits are refused.
  [[nodiscard]] std::uint32_t unsigned_golomb();
  /// se(v): H.264 9.1.1.
  [[nodiscard]] std::int32_t signed_golomb();
  void skip_bits(int count) { (void)bits(count); }
  void skip_golomb() { (void)unsigned_golomb(); }

 private:
  void load_byte();

  ByteView bytes_;
  std::size_t at_ = 0;
  int zeros_ = 0;  // zero bytes in a row just before at_
  std::uint8_t current_ = 0;
  int left_ = 0;  // bits of current_ not read yet
  bool ok_ = true;
};

}  // namespace perch
