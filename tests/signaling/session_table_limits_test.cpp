#include "tests/signaling/table_fixture.hpp"

namespace perch::signaling {
namespace {

using test::kCandidate;
using test::kPhone;
using test::session_id;
using SessionTableLimits = test::TableTest;

TEST_F(SessionTableLimits, TheViewerBeyondTheMaximumIsToldBusy) {
  for (int i = 0; i < 3; ++i) connect({"v" + std::to_string(i), session_id(i)});
  send(kPhone, Offer{"v=0", {}});
  EXPECT_EQ(drain_errors(), "busy,");
  EXPECT_TRUE(no_event());
  send({"v0", session_id(0)}, Bye{Reason::kUserHangup, ""});
  ASSERT_TRUE(next<SessionEnded>());
  send(kPhone, Offer{"v=0", {}});
  EXPECT_TRUE(next<OfferReceived>()) << "a place became free";
}

TEST_F(SessionTableLimits, RateLimitedIsSaidOnceThenSilence) {
  for (int i = 0; i < 20; ++i) {
    const SessionKey key{"phone", session_id(i)};
    send(key, Offer{"v=0", {}});
    table_.send_bye(key, Reason::kUserBusy);
  }
  EXPECT_EQ(drain_errors(), "rate_limited,");
  EXPECT_EQ(table_.counters().refused_silently, 14U);
  now_ += seconds(10);
  while (!no_event()) {
  }
  send({"phone", session_id(99)}, Offer{"v=0", {}});
  EXPECT_TRUE(next<OfferReceived>());
}

TEST_F(SessionTableLimits, SolicitsCountAsSessionsToo) {
  for (int i = 0; i < 3; ++i) send({"v" + std::to_string(i), session_id(i)}, Solicit{});
  send(kPhone, Solicit{});
  EXPECT_EQ(drain_errors(), "busy,");
  send({"v0", session_id(0)}, Solicit{});
  EXPECT_EQ(drain_errors(), "bad_request,") << "the session exists";
}

TEST_F(SessionTableLimits, RenegotiationsHaveARateOfTheirOwn) {
  connect(kPhone);
  for (int i = 0; i < 8; ++i) send(kPhone, Offer{"v=0", {}});
  EXPECT_EQ(drain_errors(), "rate_limited,rate_limited,rate_limited,");
  EXPECT_TRUE(table_.has(kPhone));
  now_ += seconds(2);
  while (!no_event()) {
  }
  send(kPhone, Offer{"v=0", {}});
  EXPECT_TRUE(next<OfferReceived>());
}

TEST_F(SessionTableLimits, ThirtyTwoCandidatesASessionAndNoMore) {
  send(kPhone, Offer{"v=0", {}});
  ASSERT_TRUE(next<OfferReceived>());
  const std::vector<IceCandidate> sixteen(16, {kCandidate, "0"});
  send(kPhone, Candidates{sixteen, false});
  send(kPhone, Candidates{sixteen, false});
  EXPECT_EQ(next<CandidatesReceived>()->candidates.size(), 16U);
  EXPECT_EQ(next<CandidatesReceived>()->candidates.size(), 16U);
  send(kPhone, Candidates{{{kCandidate, "0"}}, false});
  EXPECT_EQ(drain_errors(), "too_large,");
  EXPECT_TRUE(no_event());
  send(kPhone, Candidates{{}, true});
  EXPECT_TRUE(next<CandidatesReceived>()->done) << "an end without candidates still counts";
  send(kPhone, Offer{"v=0 restart", {}});
  ASSERT_TRUE(next<OfferReceived>());
  send(kPhone, Candidates{sixteen, false});
  EXPECT_TRUE(next<CandidatesReceived>()) << "an ICE restart brings candidates of its own";
}

TEST_F(SessionTableLimits, OurOwnCandidatesKeepToTheLimitToo) {
  send(kPhone, Offer{"v=0", {}});
  table_.send_answer(kPhone, "v=0");
  for (int i = 0; i < 100; ++i) table_.send_candidate(kPhone, {kCandidate, "0"});
  const auto out = drain_messages();
  ASSERT_EQ(out.size(), 2U);
  const auto document = JsonDocument::parse(out[1].payload);
  EXPECT_EQ(document->root().member("candidates")->items().size(), 32U);
}

TEST_F(SessionTableLimits, GarbageIsNotTurnedIntoTraffic) {
  (void)drain();
  for (int i = 0; i < 10'000; ++i) send_raw({"v" + std::to_string(i), session_id(i)}, "offer", "garbage");
  EXPECT_EQ(drain().size(), 20U);
  EXPECT_EQ(table_.counters().errors_suppressed, 9'980U);
  for (int second = 1; second <= 5; ++second) {
    now_ += seconds(1);
    for (int i = 0; i < 100; ++i) send_raw({"w" + std::to_string(i), session_id(i)}, "offer", "garbage");
    EXPECT_EQ(drain().size(), 10U);
  }
}

TEST_F(SessionTableLimits, OneNoisyViewerLeavesErrorsForOthers) {
  for (int i = 0; i < 1000; ++i) send_raw({"noisy", session_id(0)}, "offer", "garbage");
  (void)drain();
  send(kPhone, Candidates{{}, true});
  EXPECT_EQ(drain_errors(), "unknown_session,");
}

TEST_F(SessionTableLimits, AFloodOfWorthlessOffersIsNotRead) {
  const auto offer_from = [this](int i) { send({"v" + std::to_string(i), session_id(i)}, Offer{"v=0", {}}); };
  int read = 0;
  for (int i = 0; i < 1000; ++i) {
    offer_from(i);
    while (auto event = next<OfferReceived>()) {
      ++read;
      table_.reject_offer(now_, event->key, ErrorCode::kNoCommonCodec, "no");
    }
  }
  EXPECT_EQ(read, 20);
  EXPECT_EQ(table_.counters().refused_silently, 980U);
  now_ += seconds(1);
  offer_from(2000);
  EXPECT_TRUE(next<OfferReceived>()) << "a moment later offers are read again";
}

TEST_F(SessionTableLimits, AFloodOfOffersFromInventedViewersFillsThePlacesAndNothingElse) {
  std::size_t offers = 0;
  for (int i = 0; i < 1000; ++i) {
    send_raw({"v" + std::to_string(i), session_id(i)}, "offer",
             write_message({0, ""}, Offer{std::string(1000, 'x'), {}}));
    while (auto event = table_.next_event()) ++offers;
  }
  EXPECT_EQ(offers, 3U);
  EXPECT_EQ(table_.size(), 3U);
  EXPECT_LE(drain().size(), 21U);
  table_.on_deadline(now_ + seconds(15));
  EXPECT_EQ(table_.size(), 0U) << "and they leave when nothing connects";
}

}  // namespace
}  // namespace perch::signaling
