#include "hal/base/bit_reader.hpp"

namespace perch {

void BitReader::load_byte() {
  // H.264 7.4.1: in 00 00 03 the 03 was put there to avoid a start code.
  if (zeros_ >= 2 && at_ < bytes_.size() && bytes_[at_] == 3) {
    ++at_;
    zeros_ = 0;
  }
  ok_ = ok_ && at_ < bytes_.size();
  current_ = ok_ ? bytes_[at_++] : 0;
  zeros_ = current_ == 0 ? zeros_ + 1 : 0;
  left_ = 8;
}

std::uint32_t BitReader::bits(int count) {
  std::uint32_t value = 0;
  for (int i = 0; i < count && ok_; ++i) {
    if (left_ == 0) load_byte();
    --left_;
    value = value << 1 | (current_ >> left_ & 1u);
  }
  return ok_ ? value : 0;
}

std::uint32_t BitReader::unsigned_golomb() {
  int leading_zeros = 0;
  while (ok_ && !flag()) {
    if (++leading_zeros > 31) ok_ = false;
  }
  if (!ok_) return 0;
  const std::uint32_t rest = bits(leading_zeros);
  return ok_ ? (1u << leading_zeros) - 1 + rest : 0;
}

std::int32_t BitReader::signed_golomb() {
  const std::uint32_t code = unsigned_golomb();
  const auto magnitude = static_cast<std::int32_t>(code / 2 + code % 2);
  return code % 2 == 0 ? -magnitude : magnitude;
}

}  // namespace perch
