// Descriptions that browsers made, and what a camera brings to a negotiation with them.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "signaling/sdp/negotiated.hpp"

namespace perch::signaling::test {

/// Text of tests/signaling/fixtures/<name>.sdp; empty when it is not there.
inline std::string fixture(const std::string& name) {
  std::ifstream file(std::string(PERCH_SOURCE_DIR) + "/tests/signaling/fixtures/" + name + ".sdp", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
inline std::string chromium_offer() { return fixture("chromium-156-recvonly-offer"); }
inline std::string firefox_offer() { return fixture("firefox-153-recvonly-offer"); }

inline const char* const kFingerprint =
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";

inline sdp::Capabilities capabilities() {
  sdp::Capabilities ours;
  ours.video.ssrc = 1001;
  ours.video.rtx_ssrc = 1002;
  ours.audio.ssrc = 2001;
  ours.cname = "q3Jx8s";
  ours.stream_id = "perch";
  ours.ice_ufrag = "cam1";
  ours.ice_pwd = "0123456789abcdefghijkl";
  ours.fingerprint = kFingerprint;
  ours.session_id = "4242";
  ours.session_version = 1;
  return ours;
}

/// `text` with the first `from` replaced; the text as it was when there is none, which a test would notice.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}
inline std::string replaced_all(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace perch::signaling::test
