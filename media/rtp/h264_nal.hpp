// The NAL unit header: types and flags of H.264, and those RFC 6184 adds for RTP payloads.
#pragma once

#include <cstdint>

#include "hal/base/bytes.hpp"

namespace perch::rtp {

/// nal_unit_type: ITU-T H.264 table 7-1, and RFC 6184 table 1 from 24 on. Other values occur.
enum class NalType : std::uint8_t {
  kSlice = 1,
  kIdrSlice = 5,
  kSei = 6,
  kSps = 7,
  kPps = 8,
  kAccessUnitDelimiter = 9,
  kFiller = 12,
  kStapA = 24,
  kFuA = 28,
};

inline constexpr std::uint8_t kNalForbiddenBit = 0x80;
inline constexpr std::uint8_t kNalRefIdcMask = 0x60;
inline constexpr std::uint8_t kNalTypeMask = 0x1F;

/// A NAL header made of the F and NRI bits of `flags` and the type bits of `type`.
[[nodiscard]] constexpr std::uint8_t nal_header(std::uint8_t flags, std::uint8_t type) {
  return static_cast<std::uint8_t>((flags & (kNalForbiddenBit | kNalRefIdcMask)) | (type & kNalTypeMask));
}

/// Type of a NAL unit without start code; kSlice..kFuA and others. Zero, which is no type, for an empty one.
[[nodiscard]] constexpr NalType nal_type(ByteView nal) {
  return nal.empty() ? NalType{0} : static_cast<NalType>(nal[0] & kNalTypeMask);
}

/// SPS or PPS.
[[nodiscard]] constexpr bool is_parameter_set(NalType type) { return type == NalType::kSps || type == NalType::kPps; }

}  // namespace perch::rtp
