// An RTCP datagram as a list of typed packets.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "net/rtcp/extended_report.hpp"
#include "net/rtcp/keyframe_request.hpp"
#include "net/rtcp/nack.hpp"
#include "net/rtcp/remb.hpp"
#include "net/rtcp/report.hpp"
#include "net/rtcp/source_description.hpp"
#include "net/rtcp/transport_feedback.hpp"

namespace perch::net::rtcp {

using Packet = std::variant<SenderReport, ReceiverReport, SourceDescription, Goodbye, Nack, TransportFeedback,
                            PictureLossIndication, FullIntraRequest, Remb, ExtendedReport>;

/// All packets we know, in order; unknown types are stepped over. Reduced-size packets (RFC 5506) are fine. Nothing
/// when any packet is malformed: then none of the datagram can be trusted. Pure.
[[nodiscard]] std::optional<std::vector<Packet>> parse_compound(ByteView datagram);

}  // namespace perch::net::rtcp
