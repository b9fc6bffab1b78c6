// See h264_sps.hpp.
#include "hal/video/h264_sps.hpp"

#include <cstdint>

namespace perch::video {
namespace {

constexpr int kSpsType = 7;
constexpr std::uint32_t kMaxMacroblocks = 1024;  // per side: 16,384 pixels

// Bits of a NAL unit, emulation prevention bytes (00 00 03, H.264 §7.4.1) taken out. Past the end ok() turns false.
class BitReader {
 public:
  explicit BitReader(ByteView nal) : rest_(nal) {}
  [[nodiscard]] bool ok() const { return ok_; }

  std::uint32_t bit() {
    if (left_ == 0) next_byte();
    return left_ == 0 ? 0 : byte_ >> --left_ & 1u;
  }
  std::uint32_t bits(int n) {
    std::uint32_t value = 0;
    while (n-- > 0) value = value << 1 | bit();
    return value;
  }
  // Exp-Golomb, H.264 §9.1. A code longer than 31 bits is not a number we have a use for.
  std::uint32_t ue() {
    int zeros = 0;
    while (ok_ && bit() == 0) {
      if (++zeros > 31) ok_ = false;
    }
    return ok_ ? (1u << zeros) - 1 + bits(zeros) : 0;
  }
  std::int32_t se() {
    const std::uint32_t code = ue();
    const auto half = static_cast<std::int32_t>(code / 2);
    return code % 2 ? half + 1 : -half;
  }

 private:
  void next_byte() {
    if (zeros_ >= 2 && !rest_.empty() && rest_[0] == 3) {
      rest_ = rest_.subspan(1);
      zeros_ = 0;
    }
    if (rest_.empty()) {
      ok_ = false;
      return;
    }
    byte_ = rest_[0];
    rest_ = rest_.subspan(1);
    zeros_ = byte_ == 0 ? zeros_ + 1 : 0;
    left_ = 8;
  }
  ByteView rest_;
  std::uint8_t byte_ = 0;
  int left_ = 0;
  int zeros_ = 0;
  bool ok_ = true;
};

// H.264 §7.3.2.1.1.1.
void skip_scaling_list(BitReader& in, int size) {
  std::int32_t last = 8, next = 8;
  for (int i = 0; i < size && in.ok(); ++i) {
    if (next != 0) next = (last + in.se() + 256) % 256;
    last = next == 0 ? last : next;
  }
}

bool has_chroma_fields(std::uint32_t profile) {
  for (const std::uint32_t p : {100u, 110u, 122u, 244u, 44u, 83u, 86u, 118u, 128u, 138u, 139u, 134u, 135u}) {
    if (p == profile) return true;
  }
  return false;
}

// Returns chroma_format_idc; H.264 §7.4.2.1.1 infers 4:2:0 where it is absent.
std::uint32_t read_chroma_fields(BitReader& in, std::uint32_t profile) {
  if (!has_chroma_fields(profile)) return 1;
  const std::uint32_t chroma = in.ue();
  if (chroma == 3) in.bit();  // separate_colour_plane_flag
  in.ue();                    // bit_depth_luma_minus8
  in.ue();                    // bit_depth_chroma_minus8
  in.bit();                   // qpprime_y_zero_transform_bypass_flag
  if (in.bit()) {
    for (int i = 0; i < (chroma == 3 ? 12 : 8); ++i) {
      if (in.bit()) skip_scaling_list(in, i < 6 ? 16 : 64);
    }
  }
  return chroma;
}

void skip_picture_order(BitReader& in) {
  const std::uint32_t type = in.ue();
  if (type == 0) in.ue();  // log2_max_pic_order_cnt_lsb_minus4
  if (type != 1) return;
  in.bit();
  in.se();
  in.se();
  for (std::uint32_t n = in.ue(); n > 0 && in.ok(); --n) in.se();
}

}  // namespace

std::optional<Size> parse_sps_size(ByteView nal) {
  if (nal.empty() || (nal[0] & 0x1f) != kSpsType) return std::nullopt;
  BitReader in(nal.subspan(1));
  const std::uint32_t profile = in.bits(8);
  in.bits(16);  // constraint flags, level
  in.ue();      // seq_parameter_set_id
  const std::uint32_t chroma = read_chroma_fields(in, profile);
  in.ue();  // log2_max_frame_num_minus4
  skip_picture_order(in);
  in.ue();   // max_num_ref_frames
  in.bit();  // gaps_in_frame_num_value_allowed_flag
  const std::uint32_t columns = in.ue() + 1, map_units = in.ue() + 1;
  const std::uint32_t fields = in.bit() ? 1 : 2;  // frame_mbs_only_flag
  if (fields == 2) in.bit();                      // mb_adaptive_frame_field_flag
  in.bit();                                       // direct_8x8_inference_flag
  if (!in.ok() || chroma > 3 || columns > kMaxMacroblocks || map_units > kMaxMacroblocks / fields) return std::nullopt;
  const std::uint32_t width = 16 * columns, height = 16 * map_units * fields;
  if (!in.bit()) return in.ok() ? std::optional(Size{static_cast<int>(width), static_cast<int>(height)}) : std::nullopt;
  // H.264 §7.4.2.1.1: cropping counts in chroma samples, of fields where the stream may have them.
  const std::uint64_t unit_x = chroma == 1 || chroma == 2 ? 2 : 1, unit_y = (chroma == 1 ? 2 : 1) * fields;
  const std::uint64_t left = in.ue(), right = in.ue(), top = in.ue(), bottom = in.ue();
  const std::uint64_t crop_x = (left + right) * unit_x, crop_y = (top + bottom) * unit_y;
  if (!in.ok() || crop_x >= width || crop_y >= height) return std::nullopt;
  return Size{static_cast<int>(width - crop_x), static_cast<int>(height - crop_y)};
}

ByteView find_sps(ByteView access_unit) {
  std::size_t begin = 0;  // of the SPS, once it was found
  for (std::size_t i = 0; i + 3 < access_unit.size(); ++i) {
    if (access_unit[i] != 0 || access_unit[i + 1] != 0 || access_unit[i + 2] != 1) continue;
    if (begin != 0) return access_unit.subspan(begin, i - begin);
    if ((access_unit[i + 3] & 0x1f) == kSpsType) begin = i + 3;
  }
  return begin == 0 ? ByteView{} : access_unit.subspan(begin);
}

}  // namespace perch::video
