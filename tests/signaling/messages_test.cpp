#include "signaling/messages.hpp"

#include <gtest/gtest.h>

#include "tests/signaling/fixtures.hpp"

namespace perch::signaling {
namespace {

Result<Body> body_of(Kind kind, const std::string& json) {
  const auto document = JsonDocument::parse(json);
  if (!document) return fail(document.error());
  return parse_body(kind, document->root());
}
Result<Envelope> envelope_of(const std::string& json) {
  const auto document = JsonDocument::parse(json);
  if (!document) return fail(document.error());
  return parse_envelope(document->root());
}

std::vector<Body> all_bodies() {
  return {Offer{test::chromium_offer(), {true, true, false}},
          Answer{"v=0\r\n", {{{"stun:a", "stun:b"}, "", ""}, {{"turn:c"}, "me", "se\"cret"}}},
          Answer{"v=0\r\n", {}},
          Solicit{{true, false, true}},
          Candidates{{{"candidate:1 1 udp 1 10.0.0.1 5 typ host", "0"}, {"", ""}}, true},
          Candidates{{}, false},
          Bye{Reason::kIceTimeout, "perch/v1/other"},
          Bye{Reason::kRestarting, ""},
          ErrorMessage{ErrorCode::kNoCommonCodec, "no H.264"},
          Control{ControlRequest{}},
          Control{ControlRequest{"pan_absolute", -36000}}};
}

TEST(Messages, EachKindRoundTrips) {
  for (const Body& body : all_bodies()) {
    const std::string json = write_message({41, "epoch"}, body);
    const auto back = body_of(kind_of(body), json);
    ASSERT_TRUE(back) << json;
    EXPECT_EQ(*back, body) << json;
    EXPECT_EQ(*envelope_of(json), (Envelope{41, "epoch"}));
  }
}

TEST(Messages, AreWrittenAsTheProtocolSays) {
  EXPECT_EQ(write_message({3, "e"}, Bye{Reason::kPrivacyMode, ""}),
            R"({"v":1,"seq":3,"epoch":"e","reason":"PrivacyMode"})");
  EXPECT_EQ(write_message({0, "e"}, Candidates{{{"candidate:x", "0"}}, true}),
            R"({"v":1,"seq":0,"epoch":"e","candidates":[{"candidate":"candidate:x","mid":"0"}],"done":true})");
  EXPECT_EQ(write_message({1, ""}, ErrorMessage{ErrorCode::kBusy, "later"}),
            R"({"v":1,"seq":1,"epoch":"","code":"busy","message":"later"})");
  EXPECT_EQ(write_message({0, "e"}, Answer{"v=0", {}, Rights{.watch = true, .talk = true}}),
            R"({"v":1,"seq":0,"epoch":"e","sdp":"v=0","rights":["watch","talk"]})");
  EXPECT_EQ(write_message({0, "e"}, Notice{Notice::Picture::kThinned}),
            R"({"v":1,"seq":0,"epoch":"e","picture":"thinned"})");
  const ControlDescription zoom{"zoom", "Zoom", "menu", 0, 1, 1, 0, 1, {{0, "out"}, {1, "in"}}, false, true};
  EXPECT_EQ(
      write_message({0, "e"}, Control{ControlReport{{zoom}, "no"}}),
      R"({"v":1,"seq":0,"epoch":"e","controls":[{"name":"zoom","label":"Zoom","kind":"menu","min":0,"max":1,"step":1,)"
      R"("default":0,"value":1,"items":[{"value":0,"label":"out"},{"value":1,"label":"in"}],"read_only":false,)"
      R"("inactive":true}],"error":"no"})");
}

TEST(Messages, TruncatedAtEachLengthFail) {
  for (const Body& body : all_bodies()) {
    const std::string json = write_message({41, "epoch"}, body);
    for (std::size_t n = 0; n < json.size(); ++n) EXPECT_FALSE(body_of(kind_of(body), json.substr(0, n))) << n;
  }
}

TEST(Messages, UnknownFieldsAreIgnored) {
  EXPECT_TRUE(body_of(Kind::kOffer, R"({"sdp":"x","colour":[1,{"a":2}],"want":{"video":true,"smell":1}})"));
  EXPECT_TRUE(envelope_of(R"({"v":1,"seq":0,"epoch":"","later":{}})"));
}

TEST(Messages, WrongTypesAreInvalid) {
  const std::pair<Kind, const char*> bad[] = {
      {Kind::kOffer, R"({})"},
      {Kind::kOffer, R"({"sdp":1})"},
      {Kind::kOffer, R"({"sdp":"x","want":1})"},
      {Kind::kOffer, R"({"sdp":"x","want":{"video":"yes"}})"},
      {Kind::kAnswer, R"({"sdp":null})"},
      {Kind::kAnswer, R"({"sdp":"x","ice_servers":{}})"},
      {Kind::kAnswer, R"({"sdp":"x","ice_servers":[{"urls":[1]}]})"},
      {Kind::kAnswer, R"({"sdp":"x","ice_servers":[1]})"},
      {Kind::kSolicit, R"({"want":[]})"},
      {Kind::kCandidates, R"({})"},
      {Kind::kCandidates, R"({"candidates":{}})"},
      {Kind::kCandidates, R"({"candidates":[1]})"},
      {Kind::kCandidates, R"({"candidates":[{"mid":"0"}]})"},
      {Kind::kCandidates, R"({"candidates":[],"done":1})"},
      {Kind::kBye, R"({"reason":1})"},
      {Kind::kControl, R"({"set":1})"},
      {Kind::kControl, R"({"set":{"name":"zoom"}})"},
      {Kind::kControl, R"({"set":{"name":"","value":1}})"},
      {Kind::kControl, R"({"set":{"name":"zoom","value":1.5}})"},
      {Kind::kControl, R"({"set":{"name":"zoom","value":"1"}})"},
      {Kind::kNotice, R"({"picture":"low"})"},
      {Kind::kBye, R"({"reason":"UserHangup","redirect":[]})"},
      {Kind::kError, R"({"code":"no such code"})"},
      {Kind::kError, R"({"code":7})"},
  };
  for (const auto& [kind, json] : bad) {
    const auto body = body_of(kind, json);
    ASSERT_FALSE(body) << json;
    EXPECT_EQ(body.error().code, Errc::kInvalid) << json;
  }
}

TEST(Messages, OverTheLimitIsTooLarge) {
  const std::string sdp(kMaxSdpBytes, 'x');
  EXPECT_TRUE(body_of(Kind::kOffer, R"({"sdp":")" + sdp + R"("})"));
  EXPECT_EQ(body_of(Kind::kOffer, R"({"sdp":")" + sdp + R"(x"})").error().code, Errc::kTooLarge);
  std::string list = R"({"candidates":[)";
  for (int i = 0; i < 33; ++i) list += std::string(i == 0 ? "" : ",") + R"({"candidate":"c"})";
  EXPECT_EQ(body_of(Kind::kCandidates, list + "]}").error().code, Errc::kTooLarge);
}

TEST(Messages, EnvelopeWantsVersionAndNumber) {
  for (const char* json :
       {"[]", "{}", R"("x")", R"({"v":1})", R"({"v":"1","seq":0})", R"({"v":1,"seq":-1})", R"({"v":1,"seq":0.5})",
        R"({"v":1,"seq":"0"})", R"({"v":1,"seq":0,"epoch":7})", R"({"v":1,"seq":18446744073709551616})"}) {
    const auto envelope = envelope_of(json);
    ASSERT_FALSE(envelope) << json;
    EXPECT_EQ(envelope.error().code, Errc::kInvalid) << json;
  }
  EXPECT_EQ(envelope_of(R"({"v":2,"seq":0})").error().code, Errc::kUnsupported);
  EXPECT_EQ(envelope_of(R"({"v":1,"seq":2147483647})")->seq, 2147483647U);
}

TEST(Messages, ReasonsAndCodesRoundTrip) {
  for (int i = 0; i <= static_cast<int>(Reason::kUnknownReason); ++i) {
    EXPECT_EQ(reason_from(to_string(static_cast<Reason>(i))), static_cast<Reason>(i));
  }
  for (int i = 0; i <= static_cast<int>(ErrorCode::kRateLimited); ++i) {
    EXPECT_EQ(error_code_from(to_string(static_cast<ErrorCode>(i))), static_cast<ErrorCode>(i));
  }
  EXPECT_STREQ(to_string(Reason::kIceFailed), "ICEFailed");
  EXPECT_STREQ(to_string(ErrorCode::kNoCommonCodec), "no_common_codec");
  EXPECT_EQ(reason_from("AlienInvasion"), Reason::kUnknownReason);
  EXPECT_FALSE(error_code_from("Busy"));
}

}  // namespace
}  // namespace perch::signaling
