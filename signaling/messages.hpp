// Bodies of the signaling messages as structs, read from and written to JSON with PROTOCOL.md's limits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "hal/base/result.hpp"
#include "signaling/json.hpp"
#include "signaling/reasons.hpp"
#include "signaling/rights.hpp"
#include "signaling/topics.hpp"

namespace perch::signaling {

inline constexpr std::uint64_t kProtocolVersion = 1;
inline constexpr std::size_t kMaxMessageBytes = kMaxJsonBytes;
inline constexpr std::size_t kMaxSdpBytes = 16 * 1024;
inline constexpr std::size_t kMaxCandidates = 32;  ///< per session and ICE generation
inline constexpr std::uint64_t kMaxSeq = (1ULL << 53) - 1;

/// What the viewer would like to have; the SDP decides what it gets.
struct Want {
  bool video = true;
  bool audio = false;
  bool talk = false;
  bool operator==(const Want&) const = default;
};
/// RTCIceServer of W3C WebRTC §4.2.4. `credential` is a secret: it belongs in answers, never in `state`.
struct IceServer {
  std::vector<std::string> urls;
  std::string username;
  std::string credential;
  bool operator==(const IceServer&) const = default;
};
/// RTCIceCandidateInit of W3C WebRTC §4.8.1, the two fields that matter with one bundle.
struct IceCandidate {
  std::string candidate;  ///< `candidate:…`, unchecked; empty means that there are no more
  std::string mid;        ///< empty when the sender did not say
  bool operator==(const IceCandidate&) const = default;
};

struct Offer {
  std::string sdp;
  Want want;
  std::optional<Rights> rights = {};  ///< in the camera's: what this viewer may do; written, not read
  bool operator==(const Offer&) const = default;
};
struct Answer {
  std::string sdp;
  std::vector<IceServer> ice_servers;
  std::optional<Rights> rights = {};  ///< as in Offer
  bool operator==(const Answer&) const = default;
};
struct Solicit {
  Want want;
  bool operator==(const Solicit&) const = default;
};
struct Candidates {
  std::vector<IceCandidate> list;
  bool done = false;  ///< no more will follow: RFC 8838 §8.2
  bool operator==(const Candidates&) const = default;
};
struct Bye {
  Reason reason = Reason::kUnknownReason;
  std::string redirect;  ///< where to go instead, empty for nowhere
  bool operator==(const Bye&) const = default;
};
struct ErrorMessage {
  ErrorCode code = ErrorCode::kBadRequest;
  std::string message;  ///< for a person
  bool operator==(const ErrorMessage&) const = default;
};
/// One setting of the camera's, or the wish to hear of all.
struct ControlRequest {
  std::string name;  ///< empty: nothing is set, the list is asked for
  std::int64_t value = 0;
  bool operator==(const ControlRequest&) const = default;
};
/// One of the camera's controls, with the driver's words. See video::CameraControl.
struct ControlDescription {
  std::string name, label, kind;
  std::int64_t min = 0, max = 0, step = 1, default_value = 0, value = 0;
  std::vector<std::pair<std::int64_t, std::string>> items = {};  ///< of a menu: value and label
  bool read_only = false;
  bool inactive = false;
  bool operator==(const ControlDescription&) const = default;
};
/// What the camera says to a ControlRequest: all controls as they are now, and what went wrong, if anything did.
struct ControlReport {
  std::vector<ControlDescription> controls;
  std::string error;  ///< a sentence for a person; empty when all is well
  bool operator==(const ControlReport&) const = default;
};
/// `control` is a request on the way in and a report on the way out.
using Control = std::variant<ControlRequest, ControlReport>;
/// Something worth knowing about a running session.
struct Notice {
  enum class Picture : std::uint8_t { kFull, kLow, kThinned };
  Picture picture = Picture::kFull;  ///< what this viewer's network lets through
  bool operator==(const Notice&) const = default;
};
using Body =
    std::variant<Offer, Answer, Solicit, Candidates, Bye, ErrorMessage, Control, Notice>;  // in the order of Kind

/// What every body carries besides its own fields.
struct Envelope {
  std::uint64_t seq = 0;  ///< 0, 1, 2 … per sender and session
  std::string epoch;      ///< the camera's, as the sender knew it; may be empty in open access
  bool operator==(const Envelope&) const = default;
};

/// kUnsupported: another protocol version. kInvalid: not an object, or fields of the wrong type or range.
[[nodiscard]] Result<Envelope> parse_envelope(JsonView message);
/// Fields that are not known are ignored. kInvalid: missing, wrong type. kTooLarge: over one of the limits above.
[[nodiscard]] Result<Body> parse_body(Kind kind, JsonView message);
[[nodiscard]] std::string write_message(const Envelope& envelope, const Body& body);
[[nodiscard]] inline Kind kind_of(const Body& body) { return static_cast<Kind>(body.index()); }

}  // namespace perch::signaling
