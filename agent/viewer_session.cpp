#include "agent/viewer_session.hpp"

#include <utility>

#include "agent/peer_config.hpp"
#include "hal/base/text.hpp"

namespace perch::agent {
namespace {

using namespace signaling;

std::string random_text(Random& random, std::size_t bytes) {
  Bytes drawn(bytes);
  random.fill(drawn);
  std::string text = base64url_encode(drawn);
  // RFC 8445 §5.3 ice-char is base64 with + and /; both alphabets share letters and digits.
  for (char& c : text) {
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  return text;
}

}  // namespace

std::string label_of(const SessionKey& key) { return key.viewer + '/' + key.session.substr(0, 6); }

void refresh_ice(sdp::Capabilities& ours, Random& random) {
  ours.ice_ufrag = random_text(random, 6);
  ours.ice_pwd = random_text(random, 18);
  ++ours.session_version;
}

sdp::Capabilities new_capabilities(Random& random, SoundEquipment sound, Rights rights, std::string fingerprint,
                                   std::string profile) {
  sdp::Capabilities ours;
  ours.video.ssrc = random.u32() | 1;  // not 0, and the two differ in the last bit
  ours.video.rtx_ssrc = ours.video.ssrc ^ 1;
  if (ours.video.rtx_ssrc == 0) ours.video.rtx_ssrc = 2;
  if (!profile.empty()) ours.video.profile_level_id = std::move(profile);
  ours.audio = {sound.microphone && rights.listen, sound.loudspeaker && rights.talk, sound.stereo, ours.video.ssrc ^ 2};
  if (ours.audio.ssrc == 0) ours.audio.ssrc = 4;
  ours.cname = random_text(random, 12);  // RFC 7022 §4.2: 96 random bits
  ours.stream_id = "perch";
  ours.fingerprint = std::move(fingerprint);
  ours.session_id = std::to_string(random.u32());
  refresh_ice(ours, random);
  return ours;
}

bool ViewerSession::sends(std::string_view kind) const {
  const sdp::NegotiatedMedia* media = agreed.accepted(kind);
  return media != nullptr && media->sends();
}

net::PeerConfig ViewerSession::peer_config() const {
  return agent::peer_config(agreed, ours.cname, ours.audio.receives);
}

ViewerStatus ViewerSession::status(const SessionKey& key, TimePoint now) const {
  ViewerStatus status;
  status.viewer = key.viewer;
  status.session = key.session.substr(0, 6);
  status.connected = connected;
  status.pictures = sends_pictures();
  status.sound = sends_sound();
  status.since_offer = now - since;
  return status;
}

}  // namespace perch::agent
