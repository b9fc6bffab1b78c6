// What a broker that wants in can try against a sealed camera: it sees, keeps, changes and repeats every message.
#include <gtest/gtest.h>

#include <memory>

#include "signaling/sealing/sealed_access.hpp"
#include "signaling/session_table.hpp"
#include "tests/signaling/sealing/sealed_viewer.hpp"

namespace perch::signaling::test {
namespace {

/// Session ids that differ in their end.
std::string session_id(int n) {
  const std::string digits = std::to_string(n);
  return std::string(22 - digits.size(), 's') + digits;
}

constexpr char kSdp[] = "v=0\r\na=fingerprint:sha-256 AA:BB\r\n";

class HostileBroker : public testing::Test {
 protected:
  HostileBroker() {
    ring_.keys.emplace("phone", key_number(1));
    ring_.keys.emplace("tablet", key_number(2));
    (void)drain();
  }

  struct Message {
    std::string topic;
    std::string payload;
  };
  [[nodiscard]] std::string epoch() const { return std::string(table_.epochs().current); }
  /// A message as an honest viewer with key `n` makes it, for the broker to do with as it likes.
  Message made(std::uint8_t n, const SessionKey& key, const Body& body, std::uint64_t seq) {
    const std::string path = message_path("cam", "in", key, to_string(kind_of(body)));
    return {"p/" + path,
            sealed_for_camera(key_number(n), key, path, epoch(), write_message({seq, epoch()}, body), random_)};
  }
  void deliver(const Message& message) { table_.on_message(now_, message.topic, as_bytes(message.payload)); }
  std::vector<Publication> drain() {
    std::vector<Publication> all;
    while (auto one = table_.next_publication()) all.push_back(std::move(*one));
    return all;
  }
  /// Neither an event, nor a word, nor anything remembered.
  void expect_nothing_happened() {
    EXPECT_FALSE(table_.next_event());
    EXPECT_TRUE(drain().empty());
    EXPECT_EQ(table_.size(), 0U);
  }
  /// What the phone reads of the camera's last message of `kind`.
  std::string read_by(std::uint8_t n, const SessionKey& key, const std::string& kind) {
    const std::string path = message_path("cam", "to", key, kind);
    std::string body;
    for (const Publication& one : drain())
      if (one.topic == "p/" + path) body = opened_by_viewer(key_number(n), key, path, epoch(), one.payload);
    return body;
  }
  void connect(std::uint8_t n, const SessionKey& key) {
    deliver(made(n, key, Offer{kSdp, {}}, 0));
    ASSERT_TRUE(table_.next_event());
    table_.send_answer(key, kSdp);
    table_.on_ice_connected(key);
    (void)drain();
  }

  /// Offer, setting and bye of the phone, heeded all three.
  std::vector<Message> recorded_session(const SessionKey& key);

  TimePoint now_{seconds(1000)};
  SeededRandom random_{3};
  TestRing ring_;
  SessionTable table_{now_, "p", CameraState{.id = "cam", .name = "Camera", .version = "1"},
                      std::make_unique<SealedAccess>(ring_, random_), random_};
  const SessionKey phone_{"phone", "abcdefghijklmnopqrstuv"};
  const SessionKey tablet_{"tablet", "zzzzefghijklmnopqrstuv"};
};

TEST_F(HostileBroker, CannotSwapTheFingerprintInAnOffer) {
  const Message good = made(1, phone_, Offer{kSdp, {}}, 0);
  EXPECT_EQ(good.payload.find("fingerprint"), std::string::npos) << "it cannot even read it";
  // It knows the plaintext, which a stream cipher gives away, and flips the letters of AA:BB into its own.
  const std::size_t c = good.payload.find("\"c\":\"") + 5;
  for (std::size_t at = c; at + 2 < good.payload.size(); ++at) {
    Message swapped = good;
    swapped.payload[at] = swapped.payload[at] == 'A' ? 'B' : 'A';
    deliver(swapped);
  }
  expect_nothing_happened();
  EXPECT_GT(table_.counters().unauthenticated, 100U);
}

TEST_F(HostileBroker, CannotSwapTheFingerprintInAnAnswer) {
  deliver(made(1, phone_, Offer{kSdp, {}}, 0));
  ASSERT_TRUE(table_.next_event());
  table_.send_answer(phone_, kSdp);
  const auto said = drain();
  const std::string path = message_path("cam", "to", phone_, "answer");
  const auto answer = std::find_if(said.begin(), said.end(), [&](const auto& one) { return one.topic == "p/" + path; });
  ASSERT_NE(answer, said.end());
  EXPECT_NE(opened_by_viewer(key_number(1), phone_, path, epoch(), answer->payload).find("AA:BB"), std::string::npos);
  for (std::size_t at = 0; at < answer->payload.size(); ++at) {
    std::string changed = answer->payload;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    const std::string body = opened_by_viewer(key_number(1), phone_, path, epoch(), changed);
    EXPECT_TRUE(body.empty() || body.find("AA:BB") != std::string::npos) << at;
  }
}

TEST_F(HostileBroker, AReplayedOfferStartsNothing) {
  const Message offer = made(1, phone_, Offer{kSdp, {}}, 0);
  deliver(offer);
  ASSERT_TRUE(table_.next_event());
  deliver(made(1, phone_, Bye{Reason::kUserHangup, {}}, 1));
  ASSERT_TRUE(table_.next_event());
  (void)drain();
  for (int i = 0; i < 50; ++i) deliver(offer);
  expect_nothing_happened();
  EXPECT_EQ(table_.counters().duplicates, 50U);
}

std::vector<HostileBroker::Message> HostileBroker::recorded_session(const SessionKey& key) {
  std::vector<Message> record = {made(1, key, Offer{kSdp, {}}, 0), made(1, key, Control{ControlRequest{"zoom", 5}}, 1),
                                 made(1, key, Bye{Reason::kUserHangup, {}}, 2)};
  for (const Message& one : record) {
    deliver(one);
    EXPECT_TRUE(table_.next_event());
  }
  (void)drain();
  return record;
}

TEST_F(HostileBroker, AGuestCannotMakeTheCameraForgetWhatItHasHeard) {
  const auto record = recorded_session(phone_);
  const std::string before = epoch();
  for (int i = 0; i < 500; ++i) {  // an error each at 5 a second: sessions that never were
    deliver(made(2, {"tablet", session_id(i)}, Candidates{{}, true}, 0));
    (void)drain();
    now_ += milliseconds(200);
  }
  for (int i = 0; i < 200; ++i) {  // and, as often as it may, sessions that were
    deliver(made(2, {"tablet", session_id(1000 + i)}, Offer{kSdp, {}}, 0));
    deliver(made(2, {"tablet", session_id(1000 + i)}, Bye{Reason::kUserHangup, {}}, 1));
    while (table_.next_event()) {
    }
    (void)drain();
    now_ += seconds(2);
  }
  ASSERT_EQ(epoch(), before);
  for (const Message& one : record) deliver(one);
  expect_nothing_happened();
  EXPECT_EQ(table_.counters().duplicates, record.size());
}

TEST_F(HostileBroker, NothingOfAViewerWhoComesAsOftenAsItMayIsHeardTwice) {
  std::vector<std::pair<std::string, Message>> record;
  for (int i = 0; i < 900; ++i) {  // half an hour, 5 in 10 s
    if (now_ >= table_.deadline()) table_.on_deadline(now_);
    for (Message& one : recorded_session({"phone", session_id(i)})) record.emplace_back(epoch(), std::move(one));
    now_ += seconds(2);
  }
  const auto duplicates_before = table_.counters().duplicates;
  std::size_t valid = 0;
  for (const auto& [then, one] : record) {
    valid += then == table_.epochs().current || then == table_.epochs().previous ? 1 : 0;
    deliver(one);
  }
  expect_nothing_happened();
  EXPECT_EQ(table_.counters().duplicates - duplicates_before, valid);
  EXPECT_EQ(valid, 3U * 600U) << "twenty minutes of it can still be opened";
}

TEST_F(HostileBroker, AViewerWhoseShareIsFullWaitsAndOthersDoNot) {
  // The epoch does not turn, as if the camera had slept; else the rate of new sessions ends before the share does.
  const auto record = recorded_session(phone_);
  for (std::size_t i = 1; i < RecentSessions::kShare; ++i) {
    now_ += seconds(2);
    recorded_session({"phone", session_id(static_cast<int>(i))});
  }
  now_ += seconds(2);
  const SessionKey more{"phone", session_id(9999)};
  deliver(made(1, more, Offer{kSdp, {}}, 0));
  EXPECT_NE(read_by(1, more, "error").find("rate_limited"), std::string::npos);
  for (const Message& one : record) deliver(one);
  expect_nothing_happened();
  connect(2, tablet_);
  for (int turn = 0; turn < 2; ++turn) {
    now_ += EpochClock::kLifetime;
    table_.on_deadline(now_);
  }
  connect(1, {"phone", session_id(10000)});
  EXPECT_EQ(table_.size(), 2U);
}

TEST_F(HostileBroker, AnOfferKeptForLongIsWorthless) {
  const Message offer = made(1, phone_, Offer{kSdp, {}}, 0);
  now_ += EpochClock::kLifetime;
  table_.on_deadline(now_);
  now_ += EpochClock::kLifetime;
  table_.on_deadline(now_);
  (void)drain();
  deliver(offer);
  expect_nothing_happened();
}

TEST_F(HostileBroker, AnOfferKeptOverTheCamerasRestartIsWorthless) {
  const Message offer = made(1, phone_, Offer{kSdp, {}}, 0);
  SessionTable restarted(now_, "p", CameraState{.id = "cam", .name = "Camera", .version = "1"},
                         std::make_unique<SealedAccess>(ring_, random_), random_);
  restarted.on_message(now_, offer.topic, as_bytes(offer.payload));
  EXPECT_FALSE(restarted.next_event());
  EXPECT_EQ(restarted.counters().unauthenticated, 1U);
}

TEST_F(HostileBroker, MessagesOutOfOrderStillMeanTheSame) {
  const Message offer = made(1, phone_, Offer{kSdp, {}}, 0);
  const Message candidates = made(1, phone_, Candidates{{}, true}, 1);
  const Message bye = made(1, phone_, Bye{Reason::kUserHangup, {}}, 2);
  deliver(candidates);  // before there is a session: told so, sealed
  EXPECT_NE(read_by(1, phone_, "error").find("unknown_session"), std::string::npos);
  deliver(offer);
  ASSERT_TRUE(table_.next_event());
  deliver(bye);
  deliver(offer);
  deliver(candidates);
  ASSERT_TRUE(table_.next_event());  // the bye
  (void)drain();
  expect_nothing_happened();
}

TEST_F(HostileBroker, MessagesOfOneSessionViewerOrKindAreNothingInAnother) {
  const Message offer = made(1, phone_, Offer{kSdp, {}}, 0);
  const SessionKey other{"phone", "0000efghijklmnopqrstuv"};
  for (const std::string& path :
       {message_path("cam", "in", other, "offer"), message_path("cam", "in", tablet_, "offer"),
        message_path("cam", "in", phone_, "bye"), message_path("cam", "in", phone_, "control")})
    deliver({"p/" + path, offer.payload});
  expect_nothing_happened();
}

TEST_F(HostileBroker, WhatTheCameraSaidCannotBeSentBackToIt) {
  connect(1, phone_);
  table_.send_offer(phone_, kSdp);
  for (const Publication& said : drain()) {
    std::string topic = said.topic;
    if (const std::size_t to = topic.find("/to/"); to != std::string::npos) topic.replace(to, 4, "/in/");
    deliver({topic, said.payload});
  }
  EXPECT_FALSE(table_.next_event());
}

TEST_F(HostileBroker, GuessingNamesTellsNothingApart) {
  const SessionKey stranger{"bedroom-tablet", phone_.session};
  deliver(made(7, stranger, Offer{kSdp, {}}, 0));  // a name that does not exist
  deliver(made(7, phone_, Offer{kSdp, {}}, 0));    // one that does, with another key
  deliver({"p/cam/in/phone/x/offer", "{}"});       // no session id
  deliver({"p/cam/in/phone/" + phone_.session + "/offer", R"({"v":1,"seq":0,"epoch":"","sdp":"v=0"})"});  // in plain
  expect_nothing_happened();
  EXPECT_EQ(table_.counters().unauthenticated, 4U);
  EXPECT_EQ(table_.counters().errors_sent, 0U);
}

TEST_F(HostileBroker, ARevokedViewerHearsItOnceAndThenNothing) {
  connect(1, phone_);
  connect(2, tablet_);
  EXPECT_EQ(table_.end_viewer("phone", Reason::kRevoked), 1U);
  EXPECT_NE(read_by(1, phone_, "bye").find("Revoked"), std::string::npos);
  ring_.keys.erase("phone");
  const auto ended = table_.next_event();
  ASSERT_TRUE(ended && std::holds_alternative<SessionEnded>(*ended));
  EXPECT_EQ(std::get<SessionEnded>(*ended).key, phone_);
  (void)drain();
  deliver(made(1, phone_, Offer{kSdp, {}}, 1));
  deliver(made(1, {"phone", "1111efghijklmnopqrstuv"}, Offer{kSdp, {}}, 0));
  EXPECT_FALSE(table_.next_event());
  EXPECT_TRUE(drain().empty());
  EXPECT_TRUE(table_.has(tablet_)) << "others are none the worse for it";
}

TEST_F(HostileBroker, AnswersTellWhatTheViewerMayDo) {
  ring_.rights = {.watch = true, .listen = true, .talk = false, .control = false};
  deliver(made(1, phone_, Offer{kSdp, {}}, 0));
  ASSERT_TRUE(table_.next_event());
  table_.send_answer(phone_, kSdp);
  EXPECT_NE(read_by(1, phone_, "answer").find(R"("rights":["watch","listen"])"), std::string::npos);
}

TEST_F(HostileBroker, WithoutTheRightToWatchThereIsNoSession) {
  ring_.rights = {.watch = false, .listen = true, .talk = true, .control = true};
  deliver(made(1, phone_, Offer{kSdp, {}}, 0));
  EXPECT_EQ(table_.size(), 0U);
  EXPECT_FALSE(table_.next_event());
  EXPECT_NE(read_by(1, phone_, "error").find("unauthorized"), std::string::npos);
}

TEST_F(HostileBroker, ControlsAreForThoseWhoMay) {
  ring_.rights.control = false;
  connect(1, phone_);
  deliver(made(1, phone_, Control{ControlRequest{"brightness", 200}}, 1));
  EXPECT_FALSE(table_.next_event());
  EXPECT_NE(read_by(1, phone_, "error").find("unauthorized"), std::string::npos);

  ring_.rights.control = true;
  const Message set = made(1, phone_, Control{ControlRequest{"brightness", 200}}, 2);
  deliver(set);
  const auto event = table_.next_event();
  ASSERT_TRUE(event && std::holds_alternative<ControlReceived>(*event));
  EXPECT_EQ(std::get<ControlReceived>(*event).request, (ControlRequest{"brightness", 200}));
  deliver(set);
  EXPECT_FALSE(table_.next_event()) << "a replayed setting is no setting";
}

TEST_F(HostileBroker, ControlsNeedASessionAndPatience) {
  deliver(made(1, phone_, Control{ControlRequest{}}, 0));
  EXPECT_NE(read_by(1, phone_, "error").find("unknown_session"), std::string::npos);
  const SessionKey other{"phone", "2222efghijklmnopqrstuv"};
  connect(1, other);
  int taken = 0;
  for (std::uint64_t seq = 1; seq < 100; ++seq) {
    deliver(made(1, other, Control{ControlRequest{"brightness", 1}}, seq));
    taken += table_.next_event() ? 1 : 0;
  }
  EXPECT_EQ(taken, 20);
}

TEST_F(HostileBroker, ANewEpochIsToldBeforeAnythingSealedUnderIt) {
  connect(1, phone_);
  now_ += EpochClock::kLifetime;
  table_.on_deadline(now_);
  table_.send_notice(phone_, {Notice::Picture::kLow});
  const auto said = drain();
  ASSERT_EQ(said.size(), 2U);
  EXPECT_TRUE(said[0].retain);
  EXPECT_TRUE(said[1].topic.ends_with("/notice"));
}

TEST_F(HostileBroker, AnEpochThatTurnedWithoutABrokerIsToldBeforeANoticeSealedUnderIt) {
  connect(1, phone_);
  table_.send_notice(phone_, {Notice::Picture::kLow});
  now_ += EpochClock::kLifetime;
  table_.on_deadline(now_);
  (void)drain();  // heard by nobody
  table_.on_broker_connected();
  const auto said = drain();
  ASSERT_EQ(said.size(), 2U);
  EXPECT_TRUE(said[0].retain);
  EXPECT_TRUE(said[1].topic.ends_with("/notice"));
}

TEST_F(HostileBroker, TheStateHoldsNoSecret) {
  connect(1, phone_);
  table_.on_broker_connected();
  const auto said = drain();
  ASSERT_EQ(said.size(), 1U);
  for (const std::string& secret : {base64url_encode(key_number(1).bytes()), std::string("phone"), phone_.session})
    EXPECT_EQ(said[0].payload.find(secret), std::string::npos) << secret;
  EXPECT_NE(said[0].payload.find(R"("access":"sealed")"), std::string::npos);
}

TEST_F(HostileBroker, ACameraWithoutGuestsSaysSo) {
  table_.set_nobody_invited(true);
  EXPECT_NE(drain().at(0).payload.find(R"("invited":false)"), std::string::npos);
  table_.set_nobody_invited(false);
  EXPECT_EQ(drain().at(0).payload.find("invited"), std::string::npos);
}

}  // namespace
}  // namespace perch::signaling::test
