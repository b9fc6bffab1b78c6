// Feedback message types, the number in an RTCP feedback packet's count field.
#pragma once

#include <cstdint>

namespace perch::net::rtcp {

inline constexpr std::uint8_t kGenericNack = 1;             // RFC 4585 §6.2.1, transport layer
inline constexpr std::uint8_t kTransportWideFeedback = 15;  // draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1
inline constexpr std::uint8_t kPictureLoss = 1;             // RFC 4585 §6.3.1, payload specific
inline constexpr std::uint8_t kFullIntra = 4;               // RFC 5104 §4.3.1
inline constexpr std::uint8_t kApplicationLayer = 15;       // RFC 4585 §6.4, carries REMB

}  // namespace perch::net::rtcp
