#include "hal/base/h264_sps.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "hal/base/bit_reader.hpp"

namespace perch {
namespace {

constexpr std::uint8_t kNalTypeMask = 0x1F;
constexpr std::uint8_t kSpsType = 7;             // H.264 table 7-1
constexpr std::uint32_t kMaxMacroblocks = 1024;  // per side: 16384 pixels, beyond any level of H.264
constexpr std::uint32_t kMonochrome = 0;
constexpr std::uint32_t kChroma420 = 1;
constexpr std::uint32_t kChroma444 = 3;

/// Profiles that carry chroma format and scaling lists. H.264 7.3.2.1.1.
bool has_chroma_format(std::uint8_t profile_idc) {
  static constexpr std::array<std::uint8_t, 13> kProfiles{100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
  return std::find(kProfiles.begin(), kProfiles.end(), profile_idc) != kProfiles.end();
}

/// H.264 7.3.2.1.1.1: the values do not matter here, only where they end.
void skip_scaling_list(BitReader& in, int size) {
  std::int32_t last = 8;
  std::int32_t next = 8;
  for (int i = 0; i < size && in.ok(); ++i) {
    if (next != 0) next = (last + in.signed_golomb() % 256 + 256) % 256;
    if (next != 0) last = next;
  }
}

/// Returns chroma_format_idc.
std::uint32_t read_chroma_format(BitReader& in) {
  const std::uint32_t chroma = in.unsigned_golomb();
  if (chroma == kChroma444) in.skip_bits(1);  // separate_colour_plane_flag
  in.skip_golomb();                           // bit_depth_luma_minus8
  in.skip_golomb();                           // bit_depth_chroma_minus8
  in.skip_bits(1);                            // qpprime_y_zero_transform_bypass_flag
  if (!in.flag()) return chroma;              // seq_scaling_matrix_present_flag
  const int lists = chroma == kChroma444 ? 12 : 8;
  for (int i = 0; i < lists; ++i) {
    if (in.flag()) skip_scaling_list(in, i < 6 ? 16 : 64);
  }
  return chroma;
}

void skip_picture_order_count(BitReader& in) {
  const std::uint32_t type = in.unsigned_golomb();
  if (type == 0) in.skip_golomb();  // log2_max_pic_order_cnt_lsb_minus4
  if (type != 1) return;
  in.skip_bits(1);   // delta_pic_order_always_zero_flag
  in.skip_golomb();  // offset_for_non_ref_pic
  in.skip_golomb();  // offset_for_top_to_bottom_field
  const std::uint32_t cycle = in.unsigned_golomb();
  for (std::uint32_t i = 0; i < std::min(cycle, 255u) && in.ok(); ++i) in.skip_golomb();
}

struct Cropping {
  std::uint32_t left = 0, right = 0, top = 0, bottom = 0;
};

Cropping read_cropping(BitReader& in) {
  if (!in.flag()) return {};
  Cropping crop;
  crop.left = in.unsigned_golomb();
  crop.right = in.unsigned_golomb();
  crop.top = in.unsigned_golomb();
  crop.bottom = in.unsigned_golomb();
  return crop;
}

/// Size in pixels less the cropping; zero or negative when the cropping makes no sense.
int cropped(std::uint32_t pixels, std::uint32_t first, std::uint32_t last, std::uint32_t unit) {
  const std::uint64_t cut = (std::uint64_t{first} + last) * unit;
  return cut >= pixels ? 0 : static_cast<int>(pixels - cut);
}

Size read_size(BitReader& in, std::uint32_t chroma) {
  const std::uint32_t width_mbs = in.unsigned_golomb();
  const std::uint32_t height_units = in.unsigned_golomb();
  if (width_mbs >= kMaxMacroblocks || height_units >= kMaxMacroblocks) return {};
  const std::uint32_t fields = in.flag() ? 1 : 2;  // frame_mbs_only_flag
  if ((height_units + 1) * fields > kMaxMacroblocks) return {};
  if (fields == 2) in.skip_bits(1);  // mb_adaptive_frame_field_flag
  in.skip_bits(1);                   // direct_8x8_inference_flag
  const Cropping crop = read_cropping(in);
  // H.264 table 6-1 and 7.4.2.1.1: the cropping counts chroma samples.
  const std::uint32_t unit_x = chroma == kMonochrome || chroma == kChroma444 ? 1 : 2;
  const std::uint32_t unit_y = (chroma == kChroma420 ? 2u : 1u) * fields;
  return {cropped((width_mbs + 1) * 16, crop.left, crop.right, unit_x),
          cropped((height_units + 1) * 16 * fields, crop.top, crop.bottom, unit_y)};
}

}  // namespace

std::string Sps::profile_level_id() const {
  std::array<char, 7> text{};
  std::snprintf(text.data(), text.size(), "%02x%02x%02x", profile_idc, constraint_flags, level_idc);
  return text.data();
}

Result<Sps> parse_sps(ByteView nal) {
  if (nal.empty() || (nal[0] & kNalTypeMask) != kSpsType) return fail(Errc::kInvalid, "not a sequence parameter set");
  BitReader in(nal.subspan(1));
  Sps sps;
  sps.profile_idc = static_cast<std::uint8_t>(in.bits(8));
  sps.constraint_flags = static_cast<std::uint8_t>(in.bits(8));
  sps.level_idc = static_cast<std::uint8_t>(in.bits(8));
  in.skip_golomb();  // seq_parameter_set_id
  const std::uint32_t chroma = has_chroma_format(sps.profile_idc) ? read_chroma_format(in) : kChroma420;
  in.skip_golomb();  // log2_max_frame_num_minus4
  skip_picture_order_count(in);
  in.skip_golomb();  // max_num_ref_frames
  in.skip_bits(1);   // gaps_in_frame_num_value_allowed_flag
  sps.size = read_size(in, chroma);
  if (!in.ok()) return fail(Errc::kInvalid, "truncated sequence parameter set");
  if (sps.size.width <= 0 || sps.size.height <= 0)
    return fail(Errc::kInvalid, "sequence parameter set without a picture size");
  return sps;
}

ByteView find_sps(ByteView access_unit) {
  std::size_t begin = 0;  // of the SPS, once it was found
  for (std::size_t i = 0; i + 3 < access_unit.size(); ++i) {
    if (access_unit[i] != 0 || access_unit[i + 1] != 0 || access_unit[i + 2] != 1) continue;
    if (begin != 0) return access_unit.subspan(begin, i - begin);
    if ((access_unit[i + 3] & kNalTypeMask) == kSpsType) begin = i + 3;
  }
  return begin == 0 ? ByteView{} : access_unit.subspan(begin);
}

}  // namespace perch
