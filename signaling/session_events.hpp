// What the session table tells the agent.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "signaling/messages.hpp"

namespace perch::signaling {

/// A viewer offers. Answer with send_answer() or reject_offer(), in this turn or later.
struct OfferReceived {
  SessionKey key;
  Offer offer;
  bool renegotiation = false;  ///< of a session that lives already, e.g. an ICE restart
};
/// A viewer asks us to offer: send_offer() or reject_offer().
struct SolicitReceived {
  SessionKey key;
  Want want;
};
/// The viewer's answer to send_offer().
struct AnswerReceived {
  SessionKey key;
  std::string sdp;
};
/// Candidates that passed sdp::parse_candidate(); `done` may come with none.
struct CandidatesReceived {
  SessionKey key;
  std::vector<IceCandidate> candidates;
  bool done = false;
};
/// The session is gone from the table: free what belongs to it. Not sent for what the agent itself ends.
struct SessionEnded {
  SessionKey key;
  Reason reason = Reason::kUnknownReason;
  bool by_viewer = false;
};
/// A viewer who may do so asks for the camera's controls, or sets one: send_control_report().
struct ControlReceived {
  SessionKey key;
  ControlRequest request;
};
using SessionEvent =
    std::variant<OfferReceived, SolicitReceived, AnswerReceived, CandidatesReceived, SessionEnded, ControlReceived>;

/// A message for the broker, QoS 1.
struct Publication {
  std::string topic;
  std::string payload;
  bool retain = false;
  bool operator==(const Publication&) const = default;
};

}  // namespace perch::signaling
