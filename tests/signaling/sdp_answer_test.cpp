#include <gtest/gtest.h>

#include "signaling/sdp/agreement.hpp"
#include "signaling/sdp/media_negotiation.hpp"
#include "signaling/sdp/parser.hpp"
#include "tests/signaling/fixtures.hpp"

namespace perch::signaling::sdp {
namespace {

using test::capabilities;
using test::chromium_offer;
using test::firefox_offer;
using test::fixture;
using test::replaced;
using test::replaced_all;

const char* const kChromiumAnswer =
    "v=0\r\n"
    "o=- 4242 1 IN IP4 0.0.0.0\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE 0\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 108 109\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=ice-ufrag:cam1\r\n"
    "a=ice-pwd:0123456789abcdefghijkl\r\n"
    "a=ice-options:trickle\r\n"
    "a=fingerprint:sha-256 "
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n"
    "a=setup:active\r\n"
    "a=mid:0\r\n"
    "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"
    "a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"
    "a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "a=sendonly\r\n"
    "a=msid:perch video\r\n"
    "a=rtcp-mux\r\n"
    "a=rtcp-rsize\r\n"
    "a=rtcp-xr:rcvr-rtt=all\r\n"
    "a=rtpmap:108 H264/90000\r\n"
    "a=rtcp-fb:108 transport-cc\r\n"
    "a=rtcp-fb:108 ccm fir\r\n"
    "a=rtcp-fb:108 nack\r\n"
    "a=rtcp-fb:108 nack pli\r\n"
    "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
    "a=rtpmap:109 rtx/90000\r\n"
    "a=fmtp:109 apt=108\r\n"
    "a=ssrc-group:FID 1001 1002\r\n"
    "a=ssrc:1001 cname:q3Jx8s\r\n"
    "a=ssrc:1001 msid:perch video\r\n"
    "a=ssrc:1002 cname:q3Jx8s\r\n"
    "a=ssrc:1002 msid:perch video\r\n";

TEST(SdpAnswer, ToChromiumIsGolden) {
  const auto answered = answer_offer(chromium_offer(), capabilities());
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->sdp, kChromiumAnswer);
}

TEST(SdpAnswer, ToChromiumTellsTheTransportEverything) {
  const auto answered = answer_offer(chromium_offer(), capabilities());
  ASSERT_TRUE(answered);
  const NegotiatedSession& session = answered->session;
  const NegotiatedMedia* video = session.accepted("video");
  ASSERT_NE(video, nullptr);
  EXPECT_EQ(video->mid, "0");
  EXPECT_EQ(video->payload_type, 108);
  EXPECT_EQ(video->rtx_payload_type, 109);
  EXPECT_EQ(video->extensions, (HeaderExtensionIds{4, 2, 5, 9}));
  EXPECT_EQ(video->feedback, (Feedback{true, true, true, true, false}));
  EXPECT_TRUE(video->rtcp_rsize && video->rcvr_rtt);
  EXPECT_EQ(video->direction, Direction::kSendOnly);
  EXPECT_EQ(session.remote.ice_ufrag, "4bVV");
  EXPECT_EQ(session.remote.ice_pwd, "fiznG6mycuFjuoigB1PGPU1B");
  ASSERT_EQ(session.remote.fingerprints.size(), 1U);
  EXPECT_EQ(session.remote.fingerprints[0][0], 0xDB);
  EXPECT_EQ(session.remote.fingerprints[0][31], 0x8C);
  EXPECT_TRUE(session.remote.trickle);
  EXPECT_EQ(session.dtls_role, DtlsRole::kClient);
  EXPECT_FALSE(session.ice_controlling);
}

TEST(SdpAnswer, ToFirefoxTurnsTheDirectedExtensionAround) {
  const auto answered = answer_offer(firefox_offer(), capabilities());
  ASSERT_TRUE(answered);
  const NegotiatedMedia* video = answered->session.accepted("video");
  EXPECT_EQ(video->payload_type, 126);
  EXPECT_EQ(video->rtx_payload_type, 127);
  EXPECT_EQ(video->extensions, (HeaderExtensionIds{7, 4, 6, 3}));
  EXPECT_FALSE(video->rcvr_rtt);
  EXPECT_NE(answered->sdp.find("a=extmap:6/sendonly http"), std::string::npos);
  EXPECT_EQ(answered->sdp.find("rtcp-xr"), std::string::npos);
  EXPECT_EQ(answered->session.remote.ice_ufrag, "102fe98b");
  EXPECT_EQ(answered->session.remote.fingerprints.at(0)[0], 0xBD);
}

TEST(SdpAnswer, ToSafariPicksConstrainedBaselineOverItsFirstChoice) {
  const auto answered = answer_offer(fixture("safari-recvonly-offer-hand-made"), capabilities());
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->session.accepted("video")->payload_type, 98);
  EXPECT_EQ(answered->session.accepted("video")->rtx_payload_type, 99);
}

TEST(SdpAnswer, PassedThroughMainGetsMain) {
  Capabilities ours = capabilities();
  ours.video.profile_level_id = "4d401f";
  const auto answered = answer_offer(chromium_offer(), ours);
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->session.accepted("video")->payload_type, 116);
}

TEST(SdpAnswer, WithoutRtxOfOursNoneIsAnswered) {
  Capabilities ours = capabilities();
  ours.video.rtx_ssrc = 0;
  const auto answered = answer_offer(chromium_offer(), ours);
  ASSERT_TRUE(answered);
  EXPECT_FALSE(answered->session.accepted("video")->rtx_payload_type);
  EXPECT_EQ(answered->sdp.find("rtx"), std::string::npos);
  EXPECT_EQ(answered->sdp.find("FID"), std::string::npos);
}

TEST(SdpAnswer, RejectsWhatCannotBeHadSectionBySection) {
  const auto answered = answer_offer(fixture("chromium-video-audio-offer-hand-made"), capabilities());
  ASSERT_TRUE(answered);
  EXPECT_FALSE(answered->session.media[0].accepted);
  EXPECT_TRUE(answered->session.media[1].accepted);
  EXPECT_FALSE(answered->session.media[2].accepted);
  EXPECT_NE(answered->sdp.find("a=group:BUNDLE 1\r\n"), std::string::npos) << "accepted mids only";
  EXPECT_NE(answered->sdp.find("m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n"), std::string::npos);
  EXPECT_NE(answered->sdp.find("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"), std::string::npos);
  const auto parsed = parse(answered->sdp);
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->media.size(), 3U) << "in number and order of the offer";
  EXPECT_EQ(parsed->media[0].mid, "0");
  EXPECT_TRUE(parsed->media[0].ice_ufrag.empty());
}

TEST(SdpAnswer, AudioIsSentOnceTheCameraHasSome) {
  Capabilities ours = capabilities();
  ours.audio.sends = true;
  const auto answered = answer_offer(fixture("chromium-video-audio-offer-hand-made"), ours);
  ASSERT_TRUE(answered);
  const NegotiatedMedia* audio = answered->session.accepted("audio");
  ASSERT_NE(audio, nullptr);
  EXPECT_EQ(audio->payload_type, 111);
  EXPECT_EQ(audio->ssrc, 2001U);
  EXPECT_EQ(audio->extensions, (HeaderExtensionIds{4, 0, 0, 9}));
  EXPECT_NE(answered->sdp.find("a=group:BUNDLE 0 1\r\n"), std::string::npos);
  EXPECT_NE(answered->sdp.find("a=ssrc:2001 cname:q3Jx8s\r\n"), std::string::npos);
}

TEST(SdpAnswer, OutsideTheBundleNothingTravels) {
  Capabilities ours = capabilities();
  ours.audio.sends = true;
  const std::string offer = replaced(fixture("chromium-video-audio-offer-hand-made"), "BUNDLE 0 1 2", "BUNDLE 1");
  const auto answered = answer_offer(offer, ours);
  ASSERT_TRUE(answered);
  EXPECT_TRUE(answered->session.media[1].accepted);
  EXPECT_FALSE(answered->session.media[0].accepted);
}

TEST(SdpAnswer, ASecondVideoIsRejected) {
  std::string offer = replaced(chromium_offer(), "BUNDLE 0", "BUNDLE 0 1");
  const std::string section = chromium_offer().substr(chromium_offer().find("m=video"));
  offer += replaced(section, "a=mid:0", "a=mid:1");
  const auto answered = answer_offer(offer, capabilities());
  ASSERT_TRUE(answered);
  EXPECT_TRUE(answered->session.media[0].accepted);
  EXPECT_FALSE(answered->session.media[1].accepted);
}

TEST(SdpAnswer, ABundleOnlySectionBorrowsItsTransport) {
  std::string offer = replaced(fixture("chromium-video-audio-offer-hand-made"), "m=video 9", "m=video 0");
  const std::size_t video = offer.find("m=video");
  const auto without = [&](const std::string& line_start) {
    const std::size_t at = offer.find(line_start, video);
    offer.erase(at, offer.find('\n', at) + 1 - at);
  };
  for (const char* line : {"a=ice-ufrag", "a=ice-pwd", "a=fingerprint"}) without(line);
  offer = replaced(offer, "a=mid:1\n", "a=mid:1\na=bundle-only\n");
  const auto answered = answer_offer(offer, capabilities());
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->session.remote.ice_ufrag, "4bVV");
  EXPECT_EQ(answered->session.accepted("video")->mid, "1");
}

TEST(SdpAnswer, AnInactiveViewerGetsNothingSent) {
  const auto answered = answer_offer(replaced(chromium_offer(), "a=recvonly", "a=inactive"), capabilities());
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->session.accepted("video")->direction, Direction::kInactive);
  EXPECT_NE(answered->sdp.find("a=inactive\r\n"), std::string::npos);
}

TEST(SdpAnswer, ExtensionsWeMayNotSendOrCannotNumberAreLeftOut) {
  std::string offer = replaced(chromium_offer(), "a=extmap:5 ", "a=extmap:5/sendonly ");
  offer = replaced(offer, "a=extmap:9 ", "a=extmap:15 ");
  const auto answered = answer_offer(offer, capabilities());
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->session.accepted("video")->extensions, (HeaderExtensionIds{4, 2, 0, 0}));
}

TEST(SdpAnswer, RembIsTheFallbackWithoutTransportCc) {
  const auto answered =
      answer_offer(replaced(chromium_offer(), "transport-wide-cc-extensions-01", "x"), capabilities());
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->session.accepted("video")->feedback, (Feedback{true, true, true, false, true}));
  EXPECT_EQ(answered->session.accepted("video")->extensions.transport_cc, 0);
}

TEST(SdpAnswer, RolesFollowTheOffer) {
  EXPECT_EQ(answer_offer(replaced(chromium_offer(), "actpass", "passive"), capabilities())->session.dtls_role,
            DtlsRole::kClient);
  const auto server = answer_offer(replaced(chromium_offer(), "actpass", "active"), capabilities());
  EXPECT_EQ(server->session.dtls_role, DtlsRole::kServer);
  EXPECT_NE(server->sdp.find("a=setup:passive"), std::string::npos);
}

TEST(SdpAnswer, CandidatesInsideAreFilteredLikeTrickledOnes) {
  const auto answered = answer_offer(chromium_offer() +
                                         "a=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\n"
                                         "a=candidate:1 2 udp 1 192.0.2.1 5001 typ host\r\n"
                                         "a=candidate:2 1 udp 1 224.0.0.1 5000 typ host\r\n"
                                         "a=candidate:garbage\r\na=end-of-candidates\r\n",
                                     capabilities());
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->session.remote.candidates,
            (std::vector<std::string>{"candidate:1 1 udp 1 192.0.2.1 5000 typ host"}));
  EXPECT_TRUE(answered->session.remote.end_of_candidates);
}

TEST(SdpAnswer, ReofferWithNewCredentialsIsAnIceRestartThatKeepsDtls) {
  const auto before = answer_offer(chromium_offer(), capabilities());
  const auto same = answer_offer(chromium_offer(), capabilities());
  const auto restarted =
      answer_offer(replaced(chromium_offer(), "a=ice-ufrag:4bVV", "a=ice-ufrag:nEw1"), capabilities());
  const auto other = answer_offer(replaced(chromium_offer(), "DB:51", "DB:52"), capabilities());
  ASSERT_TRUE(before && same && restarted && other);
  EXPECT_FALSE(compare(before->session, same->session).ice_restart);
  EXPECT_TRUE(compare(before->session, restarted->session).ice_restart);
  EXPECT_FALSE(compare(before->session, restarted->session).dtls_restart);
  EXPECT_TRUE(compare(before->session, other->session).dtls_restart);
}

TEST(SdpAnswer, TruncatedOffersAtEachLengthAreAnsweredOrRefused) {
  const std::string text = chromium_offer();
  for (std::size_t n = 0; n < text.size(); ++n) {
    const auto answered = answer_offer(text.substr(0, n), capabilities());
    if (answered) {
      EXPECT_TRUE(parse(answered->sdp)) << n;
    }
  }
}

TEST(Sha256Text, TakesBothCasesAndNothingElse) {
  EXPECT_TRUE(parse_sha256(test::kFingerprint));
  EXPECT_TRUE(parse_sha256(replaced_all(test::kFingerprint, "AA", "aa")));
  EXPECT_FALSE(parse_sha256(""));
  EXPECT_FALSE(parse_sha256(std::string(test::kFingerprint) + ":00"));
  EXPECT_FALSE(parse_sha256(replaced(test::kFingerprint, "00:11", "0011:")));
}

}  // namespace
}  // namespace perch::signaling::sdp
