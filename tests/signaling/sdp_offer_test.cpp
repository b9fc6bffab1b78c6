#include <gtest/gtest.h>

#include "signaling/sdp/media_negotiation.hpp"
#include "signaling/sdp/parser.hpp"
#include "signaling/sdp/writer.hpp"
#include "tests/signaling/fixtures.hpp"

namespace perch::signaling::sdp {
namespace {

using test::capabilities;
using test::replaced;

/// What Chromium answers to our offer, in its shape: bundle, receive only, the types it was offered.
std::string browser_answer() {
  return "v=0\r\no=- 77 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
         "m=video 9 UDP/TLS/RTP/SAVPF 102 103\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:bRow\r\n"
         "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=ice-options:trickle\r\n"
         "a=fingerprint:sha-256 " +
         std::string(test::kFingerprint) +
         "\r\n"
         "a=setup:passive\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
         "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
         "a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"
         "a=recvonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:102 H264/90000\r\na=rtcp-fb:102 transport-cc\r\n"
         "a=rtcp-fb:102 nack\r\na=rtcp-fb:102 nack pli\r\n"
         "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
         "a=rtpmap:103 rtx/90000\r\na=fmtp:103 apt=102\r\n";
}

TEST(SdpOffer, SaysActiveSoThatTheBrowserBecomesTheDtlsServer) {
  const std::string text = write(make_offer(capabilities()));
  EXPECT_NE(text.find("a=setup:active\r\n"), std::string::npos);
  EXPECT_NE(text.find("a=sendonly\r\n"), std::string::npos);
  EXPECT_NE(text.find("a=group:BUNDLE 0\r\n"), std::string::npos);
  EXPECT_NE(text.find("m=video 9 UDP/TLS/RTP/SAVPF 102 103\r\n"), std::string::npos);
  EXPECT_NE(text.find("packetization-mode=1;profile-level-id=42e01f"), std::string::npos);
}

TEST(SdpOffer, AStreamOfAHigherProfileIsOfferedAsConstrainedBaselineToo) {
  Capabilities ours = capabilities();
  ours.video.profile_level_id = "640028";
  const std::string text = write(make_offer(ours));
  EXPECT_NE(text.find("profile-level-id=42e01f"), std::string::npos);
  EXPECT_NE(text.find("profile-level-id=640028"), std::string::npos);
}

TEST(SdpOffer, AudioIsOfferedOnceTheCameraHasSome) {
  Capabilities ours = capabilities();
  ours.audio.sends = true;
  const std::string text = write(make_offer(ours));
  EXPECT_NE(text.find("a=group:BUNDLE 0 1\r\n"), std::string::npos);
  EXPECT_NE(text.find("a=rtpmap:111 opus/48000/2\r\n"), std::string::npos);
}

TEST(SdpOffer, TakesTheBrowsersAnswer) {
  const auto session = accept_answer(make_offer(capabilities()), browser_answer(), capabilities());
  ASSERT_TRUE(session);
  const NegotiatedMedia* video = session->accepted("video");
  ASSERT_NE(video, nullptr);
  EXPECT_EQ(video->payload_type, 102);
  EXPECT_EQ(video->rtx_payload_type, 103);
  EXPECT_EQ(video->extensions, (HeaderExtensionIds{3, 0, 4, 1}));
  EXPECT_EQ(video->feedback, (Feedback{true, true, false, true, false}));
  EXPECT_EQ(session->dtls_role, DtlsRole::kClient);
  EXPECT_TRUE(session->ice_controlling);
  EXPECT_EQ(session->remote.ice_ufrag, "bRow");
}

TEST(SdpOffer, TakesWhatChromiumReallyAnswersToVideoAndAudio) {
  Capabilities ours = capabilities();
  ours.audio.sends = true;
  const auto session = accept_answer(make_offer(ours), test::fixture("chromium-156-answer-to-camera-offer"), ours);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->accepted("video")->payload_type, 102);
  EXPECT_EQ(session->accepted("video")->rtx_payload_type, 103);
  EXPECT_EQ(session->accepted("video")->extensions, (HeaderExtensionIds{3, 2, 4, 1}));
  EXPECT_TRUE(session->accepted("video")->rcvr_rtt);
  EXPECT_EQ(session->accepted("audio")->payload_type, 111);
}

TEST(SdpOffer, RefusesAnswersThatDoNotFit) {
  const SessionDescription offer = make_offer(capabilities());
  const auto code = [&](const std::string& answer) {
    return accept_answer(offer, answer, capabilities()).error().code;
  };
  EXPECT_EQ(code(replaced(browser_answer(), "a=setup:passive", "a=setup:active")), Errc::kInvalid);
  EXPECT_EQ(code(replaced(browser_answer(), "a=setup:passive", "a=setup:actpass")), Errc::kInvalid);
  EXPECT_EQ(code(replaced(browser_answer(), "a=mid:0", "a=mid:7")), Errc::kInvalid);
  EXPECT_EQ(code(replaced(browser_answer(), "m=video 9", "m=audio 9")), Errc::kInvalid);
  EXPECT_EQ(code(replaced(browser_answer(), "m=video 9", "m=video 0")), Errc::kUnsupported) << "rejected by the viewer";
  EXPECT_EQ(code(replaced(browser_answer(), "a=fingerprint", "a=footprint")), Errc::kInvalid);
  EXPECT_EQ(code(browser_answer() + "m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:1\r\n"), Errc::kInvalid);
  EXPECT_EQ(code("garbage"), Errc::kInvalid);
}

TEST(SdpOffer, ForeignPayloadTypesAndExtensionIdsInTheAnswerDoNotCount) {
  const SessionDescription offer = make_offer(capabilities());
  std::string foreign = test::replaced_all(browser_answer(), ":102", ":96");
  foreign = replaced(replaced(foreign, "SAVPF 102 103", "SAVPF 96 103"), "apt=102", "apt=96");
  EXPECT_EQ(accept_answer(offer, foreign, capabilities()).error().code, Errc::kUnsupported);
  const auto moved = accept_answer(offer, replaced(browser_answer(), "a=extmap:1 ", "a=extmap:12 "), capabilities());
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->accepted("video")->extensions.mid, 0);
}

TEST(SdpOffer, TruncatedAnswersAtEachLengthAreTakenOrRefused) {
  const SessionDescription offer = make_offer(capabilities());
  const std::string text = browser_answer();
  for (std::size_t n = 0; n < text.size(); ++n) {
    const auto session = accept_answer(offer, text.substr(0, n), capabilities());
    if (session) {
      EXPECT_EQ(session->accepted("video")->payload_type, 102) << n;
    }
  }
}

}  // namespace
}  // namespace perch::signaling::sdp
