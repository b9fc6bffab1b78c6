// The two lists of sessions, the table's and the viewers', say the same whatever a viewer sends, and no link outlives
// them.
#include "agent/viewers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <thread>

#include "signaling/json.hpp"
#include "tests/signaling/fixtures.hpp"
#include "tests/signaling/table_fixture.hpp"
#include "tests/sim/test_certificates.hpp"

namespace perch::agent {
namespace {

using namespace signaling;
using signaling::test::chromium_offer;
using signaling::test::fixture;
using signaling::test::kPhone;
using signaling::test::replaced;

std::size_t open_sockets() {
  std::size_t count = 0;
  std::error_code gone;  // what is closed between the listing and the reading
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    count += std::filesystem::read_symlink(entry, gone).string().starts_with("socket:") ? 1 : 0;
  return count;
}

/// What a browser answers to the camera's offer of a picture.
std::string good_answer() {
  const std::string with_sound = fixture("chromium-156-answer-to-camera-offer");
  return replaced(with_sound.substr(0, with_sound.find("m=audio")), "BUNDLE 0 1", "BUNDLE 0");
}

/// Another certificate, and so another association: the link begins anew.
std::string offer_of_another_certificate() {
  std::string sdp = replaced(chromium_offer(), "a=ice-ufrag:", "a=ice-ufrag:N");
  const std::size_t at = sdp.find("sha-256 ") + 8;
  sdp.replace(at, 5, sdp.substr(at, 5) == "11:22" ? "22:11" : "11:22");
  return sdp;
}

class ViewersTest : public signaling::test::TableTest {
 protected:
  void say(const Body& body) {
    send(kPhone, body);
    while (auto event = table_.next_event()) viewers_.on_event(now_, std::move(*event));
  }
  /// What the net thread does takes its time.
  [[nodiscard]] static bool soon(const std::function<bool()>& done) {
    const TimePoint end = monotonic_now() + seconds(10);
    bool good = done();
    for (; !good && monotonic_now() < end; good = done()) std::this_thread::yield();
    return good;
  }
  [[nodiscard]] bool link_is_open() const {
    return soon([this] { return gathered_ > 0; }) && open_sockets() > before_;
  }
  [[nodiscard]] bool nothing_is_left() const {
    return table_.size() == 0 && viewers_.size() == 0 && soon([this] { return open_sockets() == before_; });
  }
  net::NetThread::Events events() {
    net::NetThread::Events e;
    e.on_local_candidate = [](net::LinkId, const std::string&) {};
    e.on_gathering_done = [this](net::LinkId) { ++gathered_; };
    e.on_ice_connected = e.on_connected = [](net::LinkId) {};
    e.on_ended = [](net::LinkId, net::LinkEnd, const std::string&) {};
    e.on_keyframe_wanted = [](rtp::Tier) {};
    e.on_talk = [](net::LinkId, const net::InboundPacket&) {};
    e.on_audio_loss = [](double) {};
    return e;
  }
  static net::IceConfig on_loopback() {
    net::IceConfig ice;
    ice.local_addresses = {"127.0.0.1"};
    return ice;
  }
  static Viewers::Callbacks callbacks() {
    return {.on_demand = [](Demand) {},
            .on_joining = [] {},
            .ice_servers_for = [](const std::string&) { return std::vector<IceServer>(); },
            .on_control = [](const SessionKey&, const ControlRequest&) {}};
  }

  SystemRandom system_random_;
  std::atomic<int> gathered_ = 0;
  net::NetThread net_{on_loopback(), sim::test_certificate(1), system_random_, events()};
  Viewers viewers_{table_, net_, sim::test_certificate(1).fingerprint(), system_random_, {}, callbacks()};
  const std::size_t before_ = open_sockets();
};

TEST_F(ViewersTest, ABadAnswerToOurOfferLeavesNothing) {
  say(Solicit{});
  EXPECT_TRUE(link_is_open());
  say(Answer{"v=0", {}});
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(ViewersTest, ABadOfferInsteadOfAnAnswerLeavesNothing) {
  say(Solicit{});
  EXPECT_TRUE(link_is_open());
  say(Offer{"v=0", {}});
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(ViewersTest, ABadOfferAfterAGoodAnswerChangesNothing) {
  say(Solicit{});
  say(Answer{good_answer(), {}});
  EXPECT_EQ(drain_errors(), "");
  say(Offer{"v=0", {}});
  EXPECT_EQ(drain_errors(), "bad_request,");
  EXPECT_EQ(table_.size(), 1U);
  EXPECT_EQ(viewers_.size(), 1U);
  EXPECT_EQ(table_.end_viewer(kPhone.viewer, Reason::kRevoked), 1U);
  while (auto event = table_.next_event()) viewers_.on_event(now_, std::move(*event));
  EXPECT_TRUE(nothing_is_left()) << "who is revoked has nothing left";
}

TEST_F(ViewersTest, ALinkThatBeginsAnewHasToConnectInTime) {
  say(Offer{chromium_offer(), {}});
  viewers_.on_ice_connected(1);
  EXPECT_NE(drain_state().find(R"("viewers":1)"), std::string::npos);
  say(Offer{offer_of_another_certificate(), {}});
  EXPECT_EQ(drain_errors(), "");
  EXPECT_EQ(table_.deadline(), now_ + SessionTable::kConnectTime);
  now_ = table_.deadline();
  table_.on_deadline(now_);
  while (auto event = table_.next_event()) viewers_.on_event(now_, std::move(*event));
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(ViewersTest, ALinkThatBeganAnewAndConnectedStays) {
  say(Offer{chromium_offer(), {}});
  viewers_.on_ice_connected(1);
  say(Offer{offer_of_another_certificate(), {}});
  viewers_.on_ice_connected(2);
  EXPECT_NE(drain_state().find(R"("viewers":1)"), std::string::npos);
  EXPECT_GT(table_.deadline(), now_ + SessionTable::kConnectTime);
}

}  // namespace
}  // namespace perch::agent
