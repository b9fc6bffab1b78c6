#include "signaling/sdp/parser.hpp"

#include <gtest/gtest.h>

#include "tests/signaling/fixtures.hpp"

namespace perch::signaling::sdp {
namespace {

using test::chromium_offer;
using test::firefox_offer;
using test::replaced_all;

TEST(SdpParser, ReadsChromiumsOffer) {
  const auto parsed = parse(chromium_offer());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->session_id, "8879386876404660118");
  EXPECT_EQ(parsed->bundles, (std::vector<std::vector<std::string>>{{"0"}}));
  ASSERT_EQ(parsed->media.size(), 1U);
  const MediaDescription& video = parsed->media[0];
  EXPECT_EQ(video.kind, "video");
  EXPECT_EQ(video.protocol, "UDP/TLS/RTP/SAVPF");
  EXPECT_EQ(video.formats.size(), 34U);
  EXPECT_EQ(video.direction, Direction::kRecvOnly);
  EXPECT_EQ(video.setup, Setup::kActPass);
  EXPECT_EQ(video.extensions.size(), 11U);
  EXPECT_TRUE(video.rtcp_mux && video.rtcp_rsize && video.rcvr_rtt && video.trickle);
  EXPECT_EQ(video.ice_ufrag, "4bVV");
  const Format* h264 = video.format(108);
  ASSERT_NE(h264, nullptr);
  EXPECT_EQ(h264->encoding, "H264");
  EXPECT_EQ(h264->clock_rate, 90'000U);
  EXPECT_EQ(h264->parameters, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f");
  EXPECT_EQ(h264->feedback, (std::vector<std::string>{"goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"}));
}

TEST(SdpParser, ReadsFirefoxsOfferWithFmtpBeforeRtpmapAndDirectedExtensions) {
  const auto parsed = parse(firefox_offer());
  ASSERT_TRUE(parsed);
  const MediaDescription& video = parsed->media.at(0);
  ASSERT_EQ(video.fingerprints.size(), 1U) << "taken over from the session level";
  EXPECT_TRUE(video.trickle) << "taken over from the session level";
  EXPECT_EQ(video.direction, Direction::kRecvOnly) << "its own, not the session's sendrecv";
  EXPECT_EQ(video.format(126)->encoding, "H264");
  EXPECT_EQ(video.format(126)->parameters, "profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1");
  EXPECT_EQ(video.extensions.at(3).id, 6);
  EXPECT_EQ(video.extensions.at(3).direction, Direction::kRecvOnly);
}

TEST(SdpParser, LfAloneIsAsGoodAsCrlf) {
  EXPECT_EQ(*parse(replaced_all(chromium_offer(), "\r\n", "\n")), *parse(chromium_offer()));
  EXPECT_EQ(*parse(chromium_offer() + "\r\n"), *parse(chromium_offer())) << "a blank line at the end";
}

TEST(SdpParser, SessionLevelTransportIsInheritedUnlessTheSectionSpeaks) {
  const auto parsed = parse(
      "v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\na=ice-ufrag:sess\na=ice-pwd:ssssssssssssssssssssss\na=setup:passive\n"
      "a=fingerprint:SHA-256 AA:BB\nm=video 9 RTP/AVP 96\na=mid:a\nm=video 9 RTP/AVP 96\na=mid:b\na=ice-ufrag:own1\n"
      "a=setup:active\n");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->media[0].ice_ufrag, "sess");
  EXPECT_EQ(parsed->media[0].setup, Setup::kPassive);
  EXPECT_EQ(parsed->media[0].fingerprints[0], (Fingerprint{"sha-256", "AA:BB"}));
  EXPECT_EQ(parsed->media[1].ice_ufrag, "own1");
  EXPECT_EQ(parsed->media[1].setup, Setup::kActive);
}

TEST(SdpParser, FeedbackForAllPayloadTypesReachesEachFormat) {
  const auto parsed = parse("v=0\no=- 1 1 IN IP4 0\nm=video 9 RTP/AVP 96 97\na=rtcp-fb:* nack\na=rtcp-fb:97 ccm fir\n");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->media[0].format(96)->feedback, (std::vector<std::string>{"nack"}));
  EXPECT_EQ(parsed->media[0].format(97)->feedback, (std::vector<std::string>{"nack", "ccm fir"}));
}

TEST(SdpParser, TruncatedAtEachLengthNeverCrashesAndNeverInvents) {
  for (const std::string& text : {chromium_offer(), firefox_offer()}) {
    for (std::size_t n = 0; n < text.size(); ++n) {
      const auto parsed = parse(text.substr(0, n));
      if (parsed) {
        EXPECT_LE(parsed->media.size(), 1U) << n;
      }
    }
  }
}

TEST(SdpParser, EachLineLeftOutIsAnErrorOrASmallerDescription) {
  const std::string text = chromium_offer();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    const auto parsed = parse(text.substr(0, at) + text.substr(end));
    if (parsed) {
      EXPECT_LE(parsed->media.size(), 1U);
    }
    at = end;
  }
}

}  // namespace
}  // namespace perch::signaling::sdp
