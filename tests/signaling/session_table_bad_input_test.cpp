// Issue 2, "Bad input", as far as messages go: one `error`, nothing else happens, other viewers are undisturbed.
#include "tests/signaling/table_fixture.hpp"

namespace perch::signaling {
namespace {

using test::kCandidate;
using test::kPhone;

class BadInput : public test::TableTest {
 protected:
  void SetUp() override { connect(kWatching); }
  void TearDown() override {
    EXPECT_TRUE(table_.has(kWatching)) << "the one who watches is undisturbed";
    EXPECT_TRUE(no_event());
  }
  /// The error that answers this payload.
  std::string answer_to(const std::string& kind, const std::string& payload) {
    send_raw(kPhone, kind, payload);
    return drain_errors();
  }
  const SessionKey kWatching{"watching", "zyxwvutsrqponmlkjihgfe"};
};

TEST_F(BadInput, NotJson) {
  EXPECT_EQ(answer_to("offer", "hello"), "bad_request,");
  EXPECT_EQ(answer_to("offer", ""), "bad_request,");
  EXPECT_EQ(answer_to("offer", std::string("\0\xff\xfe", 3)), "bad_request,");
}

TEST_F(BadInput, WrongTypes) {
  EXPECT_EQ(answer_to("offer", "[]"), "bad_request,");
  EXPECT_EQ(answer_to("offer", R"({"v":1,"seq":0,"epoch":"","sdp":{}})"), "bad_request,");
  EXPECT_EQ(answer_to("offer", R"({"v":1,"seq":"zero","epoch":"","sdp":"v=0"})"), "bad_request,");
  EXPECT_EQ(answer_to("candidates", R"({"v":1,"seq":5,"epoch":"","candidates":"all"})"), "bad_request,");
}

TEST_F(BadInput, DeepNesting) {
  EXPECT_EQ(answer_to("offer", std::string(60'000, '[')), "bad_request,");
  EXPECT_EQ(answer_to("offer", R"({"v":1,"seq":0,"sdp":"v=0","x":[[[[[[[[[]]]]]]]]]})"), "bad_request,");
}

TEST_F(BadInput, OneMebibytePayload) { EXPECT_EQ(answer_to("offer", std::string(1 << 20, ' ')), "too_large,"); }

TEST_F(BadInput, OverlongSdp) {
  EXPECT_EQ(answer_to("offer", write_message({0, ""}, Offer{std::string(kMaxSdpBytes + 1, 'x'), {}})), "too_large,");
}

TEST_F(BadInput, AnotherProtocolVersion) {
  EXPECT_EQ(answer_to("offer", R"({"v":2,"seq":0,"epoch":"","sdp":"v=0"})"), "unsupported_version,");
  EXPECT_EQ(answer_to("offer", R"({"seq":0,"epoch":"","sdp":"v=0"})"), "bad_request,");
}

TEST_F(BadInput, UnknownKind) {
  EXPECT_EQ(answer_to("dance", R"({"v":1,"seq":0,"epoch":""})"), "bad_request,");
  EXPECT_EQ(answer_to("OFFER", R"({"v":1,"seq":1,"epoch":""})"), "bad_request,");
}

TEST_F(BadInput, UnknownSession) {
  EXPECT_EQ(answer_to("answer", write_message({0, ""}, Answer{"v=0", {}})), "unknown_session,");
  EXPECT_EQ(answer_to("bye", write_message({1, ""}, Bye{Reason::kUserHangup, ""})), "");
}

TEST_F(BadInput, CandidatesBeforeTheOffer) {
  send_numbered(kPhone, Candidates{{{kCandidate, "0"}}, false}, 1);
  const auto out = drain_messages();
  ASSERT_EQ(out.size(), 1U);
  EXPECT_NE(out[0].payload.find(R"("seq":0)"), std::string::npos);
  EXPECT_NE(out[0].payload.find("unknown_session"), std::string::npos);
  send_numbered(kPhone, Offer{"v=0", {}}, 0);
  EXPECT_TRUE(next<OfferReceived>()) << "the offer may still come";
  table_.send_answer(kPhone, "v=0");
  EXPECT_NE(drain_messages().at(0).payload.find(R"("seq":1)"), std::string::npos) << "numbers go on after the error";
}

TEST_F(BadInput, TheSameOfferTwice) {
  const std::string offer = write_message({0, ""}, Offer{"v=0", {}});
  EXPECT_EQ(answer_to("offer", offer), "");
  EXPECT_EQ(answer_to("offer", offer), "");
  EXPECT_TRUE(next<OfferReceived>());
}

TEST_F(BadInput, ASessionIdThatIsNone) {
  send_raw({"phone", "short"}, "offer", "{}");
  auto out = drain_messages();
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].topic, "p/cam/to/phone/short/error");
  send_raw({"phone", "wild+card#" + std::string(1000, 'x')}, "offer", "{}");
  out = drain_messages();
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].topic, "p/cam/to/phone/AAAAAAAAAAAAAAAAAAAAAA/error") << "nothing of it is repeated";
}

TEST_F(BadInput, AViewerIdThatIsNoneGetsNoAnswerBecauseThereIsNobody) {
  send_raw({"pho ne", kPhone.session}, "offer", "{}");
  send_raw({std::string(65, 'x'), kPhone.session}, "offer", "{}");
  EXPECT_TRUE(drain_messages().empty());
  EXPECT_EQ(table_.counters().ignored, 2U);
}

TEST_F(BadInput, ErrorsAreNeverAnsweredWithErrors) {
  EXPECT_EQ(answer_to("error", "garbage"), "");
  EXPECT_EQ(answer_to("error", R"({"v":1,"seq":0,"epoch":"","code":"busy"})"), "");
}

TEST_F(BadInput, GarbageIntoALiveSessionDoesNotEndIt) {
  send_raw(kWatching, "offer", "garbage");
  send_raw(kWatching, "offer", R"({"v":1,"seq":99,"sdp":7})");
  EXPECT_EQ(drain_errors(), "bad_request,bad_request,");
}

TEST_F(BadInput, RejectedOffersLeaveNothingBehind) {
  send(kPhone, Offer{"no H.264 in here", {}});
  ASSERT_TRUE(next<OfferReceived>());
  table_.reject_offer(now_, kPhone, ErrorCode::kNoCommonCodec, "no H.264");
  EXPECT_EQ(drain_errors(), "no_common_codec,");
  EXPECT_FALSE(table_.has(kPhone));
}

TEST_F(BadInput, ARejectedRenegotiationLeavesTheSessionAsItWas) {
  send(kWatching, Offer{"garbage", {}});
  ASSERT_TRUE(next<OfferReceived>()->renegotiation);
  table_.reject_offer(now_, kWatching, ErrorCode::kBadRequest, "not SDP");
  EXPECT_EQ(drain_errors(), "bad_request,");
}

}  // namespace
}  // namespace perch::signaling
