#include "signaling/session_table.hpp"

#include "tests/signaling/table_fixture.hpp"

namespace perch::signaling {
namespace {

using test::kCandidate;
using test::kPhone;
using SessionTableTest = test::TableTest;
const SessionKey kTablet{"tablet", "zyxwvutsrqponmlkjihgfe"};

TEST_F(SessionTableTest, AnOfferIsToldAndItsAnswerPublished) {
  send(kPhone, Offer{"v=0 offer", {true, true, false}});
  const auto offer = next<OfferReceived>();
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->key, kPhone);
  EXPECT_EQ(offer->offer.sdp, "v=0 offer");
  EXPECT_TRUE(offer->offer.want.audio);
  EXPECT_FALSE(offer->renegotiation);
  table_.send_answer(kPhone, "v=0 answer", {{{"stun:a"}, "", ""}});
  const auto out = drain_messages();
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].topic, "p/cam/to/phone/" + kPhone.session + "/answer");
  EXPECT_FALSE(out[0].retain);
  const auto document = JsonDocument::parse(out[0].payload);
  EXPECT_EQ(*parse_envelope(document->root()), (Envelope{0, std::string(table_.epochs().current)}));
  EXPECT_EQ(std::get<Answer>(*parse_body(Kind::kAnswer, document->root())),
            (Answer{"v=0 answer", {{{"stun:a"}, "", ""}}}));
}

TEST_F(SessionTableTest, NumbersItsMessagesPerSession) {
  send(kPhone, Offer{"v=0", {}});
  send(kTablet, Offer{"v=0", {}});
  table_.send_answer(kPhone, "a");
  table_.send_answer(kTablet, "b");
  table_.send_bye(kPhone, Reason::kCameraLost);
  const auto out = drain_messages();
  ASSERT_EQ(out.size(), 3U);
  EXPECT_NE(out[0].payload.find(R"("seq":0)"), std::string::npos);
  EXPECT_NE(out[1].payload.find(R"("seq":0)"), std::string::npos);
  EXPECT_NE(out[2].payload.find(R"("seq":1)"), std::string::npos);
}

TEST_F(SessionTableTest, CandidatesOfOneTurnLeaveInOneMessageAfterTheAnswer) {
  send(kPhone, Offer{"v=0", {}});
  table_.send_candidate(kPhone, {"candidate:a", "0"});
  EXPECT_TRUE(drain_messages().empty()) << "a description comes first";
  table_.send_answer(kPhone, "answer");
  table_.send_candidate(kPhone, {"candidate:b", "0"});
  table_.send_end_of_candidates(kPhone);
  const auto out = drain_messages();
  ASSERT_EQ(out.size(), 2U);
  EXPECT_TRUE(out[0].topic.ends_with("/answer"));
  const auto document = JsonDocument::parse(out[1].payload);
  EXPECT_EQ(std::get<Candidates>(*parse_body(Kind::kCandidates, document->root())),
            (Candidates{{{"candidate:a", "0"}, {"candidate:b", "0"}}, true}));
  EXPECT_TRUE(drain_messages().empty()) << "said once";
}

TEST_F(SessionTableTest, CandidatesReachTheAgentWithoutTheUnusableOnes) {
  send(kPhone, Offer{"v=0", {}});
  ASSERT_TRUE(next<OfferReceived>());
  send(kPhone, Candidates{{{kCandidate, "0"}, {"candidate:1 1 udp 1 224.0.0.1 9 typ host", "0"}, {"", "0"}}, false});
  const auto batch = next<CandidatesReceived>();
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->candidates, (std::vector<IceCandidate>{{kCandidate, "0"}}));
  EXPECT_TRUE(batch->done) << "the empty candidate is the end";
  EXPECT_EQ(table_.counters().candidates_stripped, 1U);
}

TEST_F(SessionTableTest, ASecondOfferRenegotiatesTheSameSession) {
  connect(kPhone);
  send(kPhone, Offer{"v=0 restart", {}});
  const auto offer = next<OfferReceived>();
  ASSERT_TRUE(offer);
  EXPECT_TRUE(offer->renegotiation);
  EXPECT_EQ(table_.size(), 1U);
  EXPECT_EQ(table_.deadline(), now_ + seconds(600)) << "a connected session does not time out while it renegotiates";
}

TEST_F(SessionTableTest, TheSameMessageTwiceIsHeardOnce) {
  send_numbered(kPhone, Offer{"v=0", {}}, 0);
  send_numbered(kPhone, Offer{"v=0", {}}, 0);
  EXPECT_TRUE(next<OfferReceived>());
  EXPECT_TRUE(no_event());
  EXPECT_TRUE(drain_messages().empty()) << "and without an error";
  EXPECT_EQ(table_.counters().duplicates, 1U);
}

TEST_F(SessionTableTest, AnOfferRepeatedAfterTheEndDoesNotRaiseTheSession) {
  send_numbered(kPhone, Offer{"v=0", {}}, 0);
  send_numbered(kPhone, Bye{Reason::kUserHangup, ""}, 1);
  send_numbered(kPhone, Offer{"v=0", {}}, 0);
  EXPECT_EQ(table_.size(), 0U);
  send_numbered(kPhone, Offer{"v=0 again", {}}, 2);
  EXPECT_EQ(table_.size(), 1U) << "a new message may";
}

TEST_F(SessionTableTest, SolicitMakesTheCameraOfferAndTakesTheAnswer) {
  send(kPhone, Solicit{{true, false, false}});
  ASSERT_TRUE(next<SolicitReceived>());
  table_.send_offer(kPhone, "v=0 camera offer");
  table_.send_candidate(kPhone, {"candidate:a", "0"});
  const auto out = drain_messages();
  ASSERT_EQ(out.size(), 2U);
  EXPECT_TRUE(out[0].topic.ends_with("/offer"));
  EXPECT_TRUE(out[1].topic.ends_with("/candidates"));
  send(kPhone, Answer{"v=0 viewer answer", {}});
  const auto answer = next<AnswerReceived>();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->sdp, "v=0 viewer answer");
  send(kPhone, Answer{"v=0 once more", {}});
  EXPECT_EQ(drain_errors(), "bad_request,");
}

TEST_F(SessionTableTest, AnOfferOfTheCameraInALiveSessionBeginsANewIceGeneration) {
  connect(kPhone);
  for (std::size_t i = 0; i <= kMaxCandidates; ++i) table_.send_candidate(kPhone, {"candidate:a", "0"});
  (void)drain();
  table_.send_offer(kPhone, "v=0 from a new address");
  table_.send_candidate(kPhone, {"candidate:b", "0"});
  const auto out = drain_messages();
  ASSERT_EQ(out.size(), 2U);
  EXPECT_TRUE(out[0].topic.ends_with("/offer"));
  EXPECT_TRUE(out[1].topic.ends_with("/candidates"));
  send(kPhone, Answer{"v=0 viewer answer", {}});
  EXPECT_TRUE(next<AnswerReceived>());
  EXPECT_TRUE(table_.has(kPhone));
}

TEST_F(SessionTableTest, ABadAnswerToASolicitedOfferEndsTheSession) {
  send(kPhone, Solicit{});
  table_.send_offer(kPhone, "v=0");
  send(kPhone, Answer{"garbage", {}});
  (void)drain();
  table_.reject_offer(now_, kPhone, ErrorCode::kBadRequest, "not SDP");
  EXPECT_EQ(drain_errors(), "bad_request,");
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(SessionTableTest, AByeFreesTheSessionAndItsPlace) {
  connect(kPhone);
  send(kPhone, Bye{Reason::kUserHangup, ""});
  const auto ended = next<SessionEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->reason, Reason::kUserHangup);
  EXPECT_TRUE(ended->by_viewer);
  EXPECT_FALSE(table_.has(kPhone));
  send(kPhone, Bye{Reason::kUserHangup, ""});
  EXPECT_TRUE(no_event());
  EXPECT_TRUE(drain_messages().empty()) << "nothing is wrong with a second goodbye";
}

TEST_F(SessionTableTest, TheLastWillOfAVanishedViewerFreesTheSession) {
  connect(kPhone);
  send_numbered(kPhone, Bye{Reason::kUserHangup, ""}, 0x7fffffff);
  EXPECT_TRUE(next<SessionEnded>());
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(SessionTableTest, WithoutIceFor15SecondsTheSessionEnds) {
  send(kPhone, Offer{"v=0", {}});
  ASSERT_TRUE(next<OfferReceived>());
  EXPECT_EQ(table_.deadline(), now_ + seconds(15));
  table_.on_deadline(now_ + milliseconds(14'999));
  EXPECT_TRUE(no_event());
  table_.on_deadline(now_ + seconds(15));
  const auto ended = next<SessionEnded>();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->reason, Reason::kIceTimeout);
  EXPECT_FALSE(ended->by_viewer);
  const auto out = drain_messages();
  ASSERT_EQ(out.size(), 1U);
  EXPECT_NE(out[0].payload.find("ICETimeout"), std::string::npos);
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(SessionTableTest, SendsToSessionsThatAreGoneAreIgnored) {
  table_.send_answer(kPhone, "x");
  table_.send_offer(kPhone, "x");
  table_.send_candidate(kPhone, {"candidate:x", "0"});
  table_.send_end_of_candidates(kPhone);
  table_.send_bye(kPhone, Reason::kIceFailed);
  table_.on_ice_connected(kPhone);
  EXPECT_TRUE(drain_messages().empty());
}

TEST_F(SessionTableTest, EndAllSaysByeToEachAndOfflineComesLast) {
  connect(kPhone);
  connect(kTablet);
  table_.end_all(Reason::kRestarting);
  table_.go_offline();
  const auto out = drain();
  ASSERT_EQ(out.size(), 3U);
  EXPECT_NE(out[0].payload.find("Restarting"), std::string::npos);
  EXPECT_NE(out[1].payload.find("Restarting"), std::string::npos);
  EXPECT_EQ(out[2], (Publication{"p/cam/state", R"({"v":1,"online":false,"id":"cam"})", true}));
  EXPECT_EQ(out[2], table_.last_will());
  send(kPhone, Offer{"v=0", {}});
  EXPECT_TRUE(no_event());
  EXPECT_EQ(table_.deadline(), kNever);
}

TEST_F(SessionTableTest, StateIsPublishedWhenSomethingInItChanges) {
  EXPECT_NE(drain_state().find(R"("online":true)"), std::string::npos) << "at first";
  EXPECT_EQ(drain_state(), "");
  connect(kPhone);
  table_.on_ice_connected(kPhone);
  EXPECT_EQ(drain_state(), "") << "connect() drained it, and connected is connected";
  table_.on_broker_connected();
  EXPECT_NE(drain_state().find(R"("viewers":1)"), std::string::npos);
  table_.set_camera(CameraHealth::kLost);
  EXPECT_NE(drain_state().find(R"("camera":"lost")"), std::string::npos);
  table_.set_camera(CameraHealth::kLost);
  EXPECT_EQ(drain_state(), "");
  table_.send_bye(kPhone, Reason::kCameraLost);
  EXPECT_NE(drain_state().find(R"("viewers":0)"), std::string::npos);
  send(kTablet, Offer{"v=0", {}});
  EXPECT_EQ(drain_state(), "") << "who has not connected is no viewer yet";
}

TEST_F(SessionTableTest, TheLatestNoticeOfEachSessionIsSaidAgainAfterTheBrokerWasAway) {
  connect(kPhone);
  connect(kTablet);
  table_.send_notice(kPhone, {Notice::Picture::kLow});
  (void)drain();  // perhaps into a connection that was lost already
  table_.send_notice(kPhone, {Notice::Picture::kThinned});
  (void)drain();  // into none at all
  table_.on_broker_connected();
  const auto out = drain();
  ASSERT_EQ(out.size(), 2U) << "who never heard one needs none";
  EXPECT_TRUE(out[0].retain) << "the epoch may have turned meanwhile";
  EXPECT_EQ(out[1].topic, "p/cam/to/phone/" + kPhone.session + "/notice");
  const auto document = JsonDocument::parse(out[1].payload);
  EXPECT_EQ(parse_envelope(document->root())->seq, 3U) << "a number of its own, or it would be taken for a repetition";
  EXPECT_EQ(document->root().member("picture")->as_text(), "thinned");
}

TEST_F(SessionTableTest, AViewerBackOnTheBrokerHearsTheLatestNoticeAgain) {
  connect(kPhone);
  send(kPhone, Candidates{});
  EXPECT_TRUE(drain_messages().empty()) << "there was none";
  table_.send_notice(kPhone, {Notice::Picture::kLow});
  (void)drain();
  send(kPhone, Candidates{{}, true});
  EXPECT_TRUE(drain_messages().empty()) << "the end of the candidates asks nothing";
  send(kPhone, Candidates{});
  EXPECT_EQ(drain_messages().size(), 1U);
  for (int i = 0; i < 100; ++i) send(kPhone, Candidates{});
  EXPECT_LE(drain_messages().size(), 5U) << "but not as often as it likes";
}

TEST_F(SessionTableTest, ANoticeEndsWithItsSession) {
  connect(kPhone);
  table_.send_notice(kPhone, {Notice::Picture::kLow});
  send(kPhone, Bye{Reason::kUserHangup, ""});
  connect(kPhone);
  table_.on_broker_connected();
  EXPECT_TRUE(drain_messages().empty());
}

TEST_F(SessionTableTest, EpochsTurnEveryTenMinutesAndAreTold) {
  const std::string first(table_.epochs().current);
  (void)drain();
  EXPECT_EQ(table_.deadline(), now_ + seconds(600));
  table_.on_deadline(now_ + seconds(600));
  const std::string state = drain_state();
  EXPECT_EQ(state.find(first), std::string::npos);
  EXPECT_NE(state.find(table_.epochs().current), std::string::npos);
  EXPECT_EQ(table_.epochs().previous, first);
}

TEST_F(SessionTableTest, InPrivacyWhoeverCallsHearsWhy) {
  table_.set_camera(CameraHealth::kPrivacy);
  send(kPhone, Offer{"v=0", {}});
  EXPECT_FALSE(next<OfferReceived>());
  EXPECT_EQ(table_.size(), 0U);
  auto out = drain_messages();
  ASSERT_EQ(out.size(), 1U);
  EXPECT_TRUE(out[0].topic.ends_with("/bye"));
  EXPECT_NE(out[0].payload.find("PrivacyMode"), std::string::npos);
  table_.set_camera(CameraHealth::kOk);
  send(kTablet, Offer{"v=0", {}});
  EXPECT_TRUE(next<OfferReceived>());
}

TEST_F(SessionTableTest, WhileDrainingOnlyThoseStayWhoAreThere) {
  connect(kPhone);
  table_.set_draining(true);
  send(kTablet, Offer{"v=0", {}});
  EXPECT_FALSE(next<OfferReceived>());
  const auto out = drain_messages();
  ASSERT_EQ(out.size(), 1U);
  EXPECT_NE(out[0].payload.find("\"busy\""), std::string::npos);
  send(kPhone, Offer{"v=0 restart", {}});
  EXPECT_TRUE(next<OfferReceived>()) << "a live session goes on";
}

TEST_F(SessionTableTest, ANewNameAndLimitAreTold) {
  connect(kPhone);
  static_cast<void>(drain_messages());
  table_.set_name("Back door");
  table_.set_max_viewers(1);
  EXPECT_NE(table_.state_text().find("Back door"), std::string::npos);
  send(kTablet, Offer{"v=0", {}});
  EXPECT_FALSE(next<OfferReceived>());
  EXPECT_TRUE(table_.has(kPhone));
}

TEST_F(SessionTableTest, SubscribesToItsInboxAndItsState) {
  EXPECT_EQ(table_.subscriptions(), (std::vector<std::string>{"p/cam/in/#", "p/cam/state"}));
}

TEST_F(SessionTableTest, WhatOthersSayInItsStateIsDenied) {
  const std::string said = drain_state();
  const auto hear = [this](std::string_view word) { table_.on_message(now_, "p/cam/state", as_bytes(word)); };
  hear(said);
  EXPECT_EQ(drain_state(), "") << "our own words";
  for (const std::string& lie : {table_.last_will().payload, table_.last_will().payload + " ", std::string()}) {
    hear(lie);
    EXPECT_EQ(drain_state(), said) << lie;
    hear(said);
    now_ += StateGuard::kPause;
  }
  hear("lie");
  (void)drain_state();
  hear(said);
  hear("another, at once");
  EXPECT_EQ(drain_state(), "") << "a flood gets no echo";
  EXPECT_EQ(table_.deadline(), now_ + StateGuard::kPause);
  now_ = table_.deadline();
  table_.on_deadline(now_);
  EXPECT_EQ(drain_state(), said) << "but does not have the last word";
  EXPECT_EQ(table_.counters().states_denied, 4U) << "of somebody else: our own will is no reason to worry";
  table_.go_offline();
  (void)drain();
  hear(table_.last_will().payload);
  EXPECT_TRUE(drain().empty()) << "true this time";
}

/// Lets in what begins with its word, as an envelope that authenticates would.
class WordAccess final : public AccessPolicy {
 public:
  [[nodiscard]] const char* name() const override { return "sealed"; }
  [[nodiscard]] bool answers_strangers() const override { return false; }
  [[nodiscard]] Result<std::string> open(const MessageAddress& from, const Epochs& epochs, ByteView payload) override {
    const std::string word =
        message_path(from.camera, "in", from.key, from.kind) + "|" + std::string(epochs.current) + "|";
    const std::string text(as_text(payload));
    if (!text.starts_with(word)) return fail(Errc::kUnauthorized, "another word");
    return text.substr(word.size());
  }
  [[nodiscard]] Result<std::string> seal(const MessageAddress& to, const Epochs& epochs, std::string body) override {
    return message_path(to.camera, "to", to.key, to.kind) + "|" + std::string(epochs.current) + "|" + body;
  }
  [[nodiscard]] Rights rights_of(std::string_view) const override { return {true, true, true, true}; }
};

TEST_F(SessionTableTest, WhatTheAccessPolicyRefusesGetsSilence) {
  SessionTable table(now_, "p", camera(), std::make_unique<WordAccess>(), random_);
  const std::string path = "cam/in/phone/" + kPhone.session;
  const std::string body = write_message({0, ""}, Offer{"v=0", {}});
  while (table.next_publication()) {
  }
  table.on_message(now_, "p/" + path + "/offer", as_bytes(body));
  table.on_message(now_, "p/" + path + "/offer", as_bytes("not JSON"));
  table.on_message(now_, "p/cam/in/phone/short/offer", as_bytes(body));
  table.on_message(now_, "p/" + path + "/nonsense", as_bytes(body));
  table.on_message(now_, "p/" + path + "/offer", as_bytes(std::string(1 << 20, 'x')));
  EXPECT_EQ(table.counters().unauthenticated, 5U);
  EXPECT_FALSE(table.next_publication());
  EXPECT_FALSE(table.next_event());
  const std::string word = path + "/offer|" + std::string(table.epochs().current) + "|";
  table.on_message(now_, "p/" + path + "/offer", as_bytes(word + body));
  EXPECT_TRUE(table.next_event());
  table.send_answer(kPhone, "v=0");
  EXPECT_TRUE(table.next_publication()->payload.starts_with("cam/to/phone/" + kPhone.session + "/answer|"));
}

}  // namespace
}  // namespace perch::signaling
