// Issue 2, "Bad input", as far as SDP goes: each becomes an error, and the error has the right name.
#include <gtest/gtest.h>

#include <cctype>

#include "signaling/reasons.hpp"
#include "signaling/sdp/agreement.hpp"
#include "signaling/sdp/media_negotiation.hpp"
#include "signaling/sdp/parser.hpp"
#include "tests/signaling/fixtures.hpp"

namespace perch::signaling::sdp {
namespace {

using test::capabilities;
using test::chromium_offer;
using test::fixture;
using test::replaced;
using test::replaced_all;

ErrorCode refusal(const std::string& offer) {
  const auto answered = answer_offer(offer, capabilities());
  EXPECT_FALSE(answered);
  return answered ? ErrorCode::kUnauthorized : error_code_of(answered.error().code);
}

std::string with_line(const std::string& line) { return chromium_offer() + line + "\r\n"; }

TEST(SdpBadInput, WithoutH264) {
  EXPECT_EQ(refusal(fixture("firefox-153-no-h264-offer")), ErrorCode::kNoCommonCodec);
  EXPECT_EQ(refusal(replaced_all(chromium_offer(), "H264", "H266")), ErrorCode::kNoCommonCodec);
}

TEST(SdpBadInput, OnlyPacketizationModeZero) {
  EXPECT_EQ(refusal(replaced_all(chromium_offer(), "packetization-mode=1", "packetization-mode=0")),
            ErrorCode::kNoCommonCodec);
}

TEST(SdpBadInput, WithoutFingerprint) {
  EXPECT_EQ(refusal(replaced(chromium_offer(), "a=fingerprint", "a=footprint")), ErrorCode::kBadRequest);
  EXPECT_EQ(refusal(replaced(chromium_offer(), "sha-256", "sha-1")), ErrorCode::kBadRequest);
  EXPECT_EQ(refusal(replaced(chromium_offer(), "DB:51", "DB-51")), ErrorCode::kBadRequest);
  EXPECT_EQ(refusal(replaced(chromium_offer(), "DB:51", "51")), ErrorCode::kBadRequest);
}

constexpr std::string_view kDigest =
    "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:AB:CD:EF";

TEST(SdpBadInput, FingerprintsInEitherCaseButNothingElse) {
  ASSERT_TRUE(parse_sha256(kDigest));
  EXPECT_EQ(parse_sha256(kDigest)->back(), 0xEF);
  std::string lower(kDigest);
  for (char& c : lower) c = static_cast<char>(std::tolower(c));
  EXPECT_EQ(parse_sha256(lower), parse_sha256(kDigest));
  for (std::size_t size = 0; size < kDigest.size(); ++size) EXPECT_FALSE(parse_sha256(kDigest.substr(0, size))) << size;
  EXPECT_FALSE(parse_sha256(std::string(kDigest) + ":00"));
  for (const char bad : {'G', ' ', '-', '\0', '\n'}) {
    for (const std::size_t at : {0U, 1U, 2U, 94U}) {
      std::string text(kDigest);
      text[at] = bad;
      EXPECT_FALSE(parse_sha256(text)) << at;
    }
  }
}

TEST(SdpBadInput, With200MLines) {
  std::string offer = chromium_offer();
  for (int i = 0; i < 200; ++i) offer += "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n";
  EXPECT_EQ(refusal(offer), ErrorCode::kTooLarge);
}

TEST(SdpBadInput, WithoutMedia) {
  EXPECT_EQ(refusal(chromium_offer().substr(0, chromium_offer().find("m=video"))), ErrorCode::kBadRequest);
}

TEST(SdpBadInput, WithCrlfGames) {
  for (const std::string& line : {std::string("a=foo:x\ry"), std::string("a=foo:x\r\r"), std::string("a=foo:\0", 7),
                                  std::string("a=foo:\x1b[2J"), std::string("a=foo:x\x7f"), std::string("\r\n\r\na=x"),
                                  std::string("a"), std::string("=x"), std::string("q=x"), std::string(" a=x")}) {
    EXPECT_EQ(refusal(with_line(line)), ErrorCode::kBadRequest) << line;
  }
  EXPECT_EQ(refusal("v=0\ro=- 1 1 IN IP4 0\rm=video 9 RTP/AVP 96\r"), ErrorCode::kBadRequest)
      << "CR alone ends no line";
  EXPECT_EQ(refusal(replaced_all(chromium_offer(), "\r\n", "\r\n\r\n")), ErrorCode::kBadRequest);
}

TEST(SdpBadInput, InjectedLinesNeverReachTheAnswer) {
  Capabilities ours = capabilities();
  ours.cname = "x\r\na=injected:1";
  ours.stream_id = "y\nm=audio 9 RTP/AVP 0";
  const auto answered = answer_offer(chromium_offer(), ours);
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->sdp.find("\na=injected"), std::string::npos);
  EXPECT_EQ(answered->sdp.find("\nm=audio"), std::string::npos);
}

TEST(SdpBadInput, WithoutIceOrWithBadCredentials) {
  EXPECT_EQ(refusal(replaced(chromium_offer(), "a=ice-ufrag", "a=ice-upfrag")), ErrorCode::kBadRequest);
  EXPECT_EQ(refusal(replaced(chromium_offer(), "a=ice-ufrag:4bVV", "a=ice-ufrag:4b")), ErrorCode::kBadRequest);
  EXPECT_EQ(refusal(replaced(chromium_offer(), "a=ice-ufrag:4bVV", "a=ice-ufrag:4b V")), ErrorCode::kBadRequest);
  EXPECT_EQ(refusal(replaced(chromium_offer(), "a=ice-pwd:fizn", "a=ice-pwd:")), ErrorCode::kBadRequest);
}

TEST(SdpBadInput, WithoutRtcpMux) {
  EXPECT_EQ(refusal(replaced(chromium_offer(), "a=rtcp-mux\r\n", "")), ErrorCode::kBadRequest);
}

TEST(SdpBadInput, ValuesThatTheirAttributesDoNotAllow) {
  for (const char* line : {"a=extmap:0 urn:x",
                           "a=extmap:99999 urn:x",
                           "a=extmap:3/sideways urn:x",
                           "a=extmap:3",
                           "a=setup:maybe",
                           "a=setup:holdconn",
                           "a=rtpmap:96 VP8",
                           "a=rtpmap:96 VP8/x",
                           "a=rtpmap:96 VP8/90000/2/2",
                           "a=fingerprint:sha-256",
                           "a=mid:a b",
                           "a=mid:",
                           "a=ssrc:4294967296 cname:x",
                           "a=ssrc:x cname:y",
                           "a=ssrc-group:FID x",
                           "a=rtcp-fb:96",
                           "m=video 9 UDP/TLS/RTP/SAVPF 128",
                           "m=video 9 UDP/TLS/RTP/SAVPF 96 96",
                           "m=video 65536 UDP/TLS/RTP/SAVPF 96",
                           "m=video",
                           "m=video 9 UDP/TLS/RTP/SAVPF"}) {
    EXPECT_EQ(refusal(with_line(line)), ErrorCode::kBadRequest) << line;
  }
}

TEST(SdpBadInput, TooMuchOfAnything) {
  EXPECT_EQ(refusal(with_line("a=foo:" + std::string(5000, 'x'))), ErrorCode::kTooLarge);
  std::string long_text = chromium_offer();
  while (long_text.size() <= kMaxDescriptionBytes) long_text += "a=foo:" + std::string(1000, 'x') + "\r\n";
  EXPECT_EQ(refusal(long_text), ErrorCode::kTooLarge);
  std::string candidates = chromium_offer();
  for (int i = 0; i < 33; ++i) candidates += "a=candidate:1 1 udp 1 10.0.0.1 5 typ host\r\n";
  EXPECT_EQ(refusal(candidates), ErrorCode::kTooLarge);
  std::string extensions = chromium_offer();
  for (int i = 0; i < 80; ++i) extensions += "a=extmap:5 urn:x\r\n";
  EXPECT_EQ(refusal(extensions), ErrorCode::kTooLarge);
}

TEST(SdpBadInput, TwoSectionsWithOneMid) {
  EXPECT_EQ(refusal(chromium_offer() + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"), ErrorCode::kBadRequest);
}

TEST(SdpBadInput, NotSdpAtAll) {
  for (const char* text : {"", "\n", "hello", "v=1\no=- 1 1 IN IP4 0\n", "v=0\n", "o=- 1 1 IN IP4 0\nv=0\n",
                           "v=0\no=x\n", "v=0\no=- x 1 IN IP4 0\n", "v=0\ns=-\n"}) {
    EXPECT_EQ(refusal(text), ErrorCode::kBadRequest) << text;
  }
}

}  // namespace
}  // namespace perch::signaling::sdp
