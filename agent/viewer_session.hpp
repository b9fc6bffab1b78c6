// One viewer's session: what the camera says of itself in it, what was agreed, and since when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/agent_status.hpp"
#include "hal/base/random.hpp"
#include "net/net_thread.hpp"
#include "net/peer.hpp"
#include "signaling/rights.hpp"
#include "signaling/sdp/media_negotiation.hpp"
#include "signaling/topics.hpp"

namespace perch::agent {

/// What the camera has beside pictures.
struct SoundEquipment {
  bool microphone = false;
  bool stereo = false;  ///< of the microphone
  bool loudspeaker = false;
};

/// Plain data of `Viewers`; thread: ctl.
struct ViewerSession {
  net::LinkId link = 0;
  signaling::sdp::Capabilities ours;
  signaling::sdp::SessionDescription our_offer;  ///< after `solicit`
  signaling::sdp::NegotiatedSession agreed;
  std::optional<std::string> held_offer;     ///< not answered yet: see Viewers::hold_answers()
  std::vector<std::string> held_candidates;  ///< that came meanwhile
  bool held_candidates_done = false;
  std::string described;  ///< our last description, offer or answer
  enum class Move : std::uint8_t { kNone, kOffered, kOfferedAndStale } move = Move::kNone;
  bool ice_connected = false;
  bool connected = false;
  TimePoint since{};
  std::optional<TimePoint> pictures_since;  ///< when they were asked for, until the first leaves

  /// Both sides have described themselves; false while our own offer is unanswered.
  [[nodiscard]] bool decided() const { return !agreed.media.empty(); }
  [[nodiscard]] bool sends_pictures() const { return sends("video"); }
  [[nodiscard]] bool sends_sound() const { return sends("audio"); }
  [[nodiscard]] net::PeerConfig peer_config() const;
  /// Without transport figures.
  [[nodiscard]] ViewerStatus status(const signaling::SessionKey& key, TimePoint now) const;

 private:
  [[nodiscard]] bool sends(std::string_view kind) const;
};

/// What we may send and receive in a new session, with sources, names and ICE credentials that nobody can guess.
/// `fingerprint` as in a=fingerprint; `profile` is the profile-level-id of a stream that is passed through, or empty.
[[nodiscard]] signaling::sdp::Capabilities new_capabilities(Random& random, SoundEquipment sound,
                                                            signaling::Rights rights, std::string fingerprint,
                                                            std::string profile);
/// RFC 8445 §5.3: at least 24 bits of ufrag and 128 bits of password, new for each restart; a new session version.
void refresh_ice(signaling::sdp::Capabilities& ours, Random& random);

/// For logs, "phone/a1b2c3".
[[nodiscard]] std::string label_of(const signaling::SessionKey& key);

}  // namespace perch::agent
