#include "signaling/sdp/writer.hpp"

#include <gtest/gtest.h>

#include "signaling/sdp/media_negotiation.hpp"
#include "signaling/sdp/parser.hpp"
#include "tests/signaling/fixtures.hpp"

namespace perch::signaling::sdp {
namespace {

TEST(SdpWriter, BrowsersDescriptionsRoundTrip) {
  for (const char* name : {"chromium-156-recvonly-offer", "firefox-153-recvonly-offer", "firefox-153-no-h264-offer",
                           "safari-recvonly-offer-hand-made", "chromium-video-audio-offer-hand-made"}) {
    const auto first = parse(test::fixture(name));
    ASSERT_TRUE(first) << name;
    const auto second = parse(write(*first));
    ASSERT_TRUE(second) << name;
    EXPECT_EQ(*second, *first) << name;
  }
}

TEST(SdpWriter, OurOfferRoundTrips) {
  Capabilities ours = test::capabilities();
  ours.audio.sends = true;
  ours.candidates = {"candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host"};
  ours.end_of_candidates = true;
  const SessionDescription offer = make_offer(ours);
  EXPECT_EQ(*parse(write(offer)), offer);
}

TEST(SdpWriter, EveryLineEndsInCrlfAndHoldsNoOtherControlCharacter) {
  SessionDescription session;
  session.session_id = "1\r\n2";
  session.bundles = {{"a\nb", "c"}};
  MediaDescription media;
  media.kind = "vid\neo";
  media.protocol = "RTP/AVP";
  media.targets = {"96\r\na=x"};
  media.ice_ufrag = "u\r\na=x";
  media.msid = std::string("m\0n", 3);
  media.candidates = {"candidate:\n1"};
  media.ssrcs = {{1, "cname\n", "\rx"}};
  media.extensions = {{1, {}, "urn:\na=x"}};
  session.media = {media};
  std::string text = write(session);
  EXPECT_EQ(text.find("\r\na=x"), std::string::npos);
  text = test::replaced_all(text, "\r\n", "");
  for (const char c : text) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
}

}  // namespace
}  // namespace perch::signaling::sdp
