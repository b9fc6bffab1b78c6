// The daemon without broker, camera and process, whose allocations fail on demand; and viewers beside it.
#pragma once

#include <glib.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/invited_viewers.hpp"
#include "agent/viewers.hpp"
#include "bench/receiver/bench_viewer.hpp"
#include "hal/base/out_of_memory.hpp"
#include "hal/base/text.hpp"
#include "signaling/json.hpp"
#include "signaling/sealing/sealed_access.hpp"
#include "tests/agent/failing_new.hpp"
#include "tests/agent/temporary_folder.hpp"
#include "tests/signaling/sealing/sealed_viewer.hpp"
#include "tests/sim/peer_pair.hpp"
#include "tests/sim/test_certificates.hpp"

namespace perch::agent::test {

enum class Access { kOpen, kSealed };

/// All of it on one loop. What belongs to the viewers is exempt from failures.
class Camera {
 public:
  explicit Camera(Access access) : access_(access) {}

  /// Invited first where that counts: with a file in the folder that the camera's ring is read from.
  std::unique_ptr<bench::BenchViewer> join(const std::string& name) {
    if (access_ == Access::kSealed) invite(name);
    Bytes id(16);
    random_.fill(id);
    const bench::ViewerContext context{loop_,
                                       viewer_ice_,
                                       sim::test_certificate(2),
                                       random_,
                                       clock_,
                                       [this](const signaling::SessionKey& key, const signaling::Body& body,
                                              std::uint64_t seq) { receive(key, body, seq); }};
    auto viewer = std::make_unique<bench::BenchViewer>(context, signaling::SessionKey{name, base64url_encode(id)});
    audience_[viewer->key().session] = viewer.get();
    EXPECT_TRUE(viewer->offer());
    return viewer;
  }

  void leave(std::unique_ptr<bench::BenchViewer> viewer) {
    viewer->hang_up();
    audience_.erase(viewer->key().session);
    if (access_ == Access::kSealed) left_.push_back(viewer->key().viewer);
  }

  /// Turns the loop until `done`, a picture every 10 ms; says whether it came to it.
  bool run_until(const std::function<bool()>& done, Duration limit) {
    const TimePoint end = monotonic_now() + limit;
    bool over = false, good = false;
    Timer tick(loop_, [&] {
      good = done();
      over = over || good || monotonic_now() > end;
      if (over) return;
      net_.push_frame(source_.next(monotonic_now(), keyframe_wanted_.exchange(false), 2000));
      tick.set(monotonic_now() + milliseconds(10));
    });
    tick.set(monotonic_now());
    while (!over) g_main_context_iteration(loop_.native(), TRUE);  // EventLoop::run() is for once
    return good;
  }

  [[nodiscard]] std::size_t sessions() const { return viewers_.size(); }
  [[nodiscard]] std::size_t table_size() const { return table_.size(); }

 private:
  /// Who has left is forgotten, so that the folder stays small.
  void invite(const std::string& name) {
    for (const std::string& gone : std::exchange(left_, {})) EXPECT_TRUE(delete_invitation(folder_.path(), gone));
    signaling::SecretKey key;
    random_.fill(key.bytes());
    EXPECT_TRUE(save_invitation(folder_.path(), {name, key, {.watch = true}, wall_clock_now()}, false));
    keys_.insert_or_assign(name, std::move(key));
    invited_.reload();
  }

  /// From a viewer: what the broker's client does with a message.
  void receive(const signaling::SessionKey& key, const signaling::Body& body, std::uint64_t seq) {
    const std::string path = message_path(kCamera, "in", key, to_string(kind_of(body)));
    const std::string epoch(table_.epochs().current);
    std::string payload = write_message({seq, epoch}, body);
    if (access_ == Access::kSealed)
      payload = signaling::test::sealed_for_camera(keys_.at(key.viewer), key, path, epoch, payload, random_);
    loop_.post([this, topic = std::string(kPrefix) + '/' + path, payload] {
      {
        const Exempt not_us(false);
        static_cast<void>(within_memory([&] { table_.on_message(monotonic_now(), topic, as_bytes(payload)); }));
      }
      pump();
    });
  }

  /// As BrokerLink::pump().
  void pump() {
    std::vector<signaling::Publication> out;
    {
      const Exempt not_us(false);
      static_cast<void>(within_memory([&] {
        while (auto event = table_.next_event()) viewers_.on_event(monotonic_now(), std::move(*event));
        while (auto publication = table_.next_publication()) out.push_back(std::move(*publication));
      }));
    }
    for (const signaling::Publication& publication : out) deliver(publication);
  }

  void deliver(const signaling::Publication& publication) {
    const auto levels = split(publication.topic, '/');
    const auto kind = signaling::kind_from(levels.back());
    if (!kind || levels.size() < 3) return;
    const signaling::SessionKey to{std::string(levels[levels.size() - 3]), std::string(levels[levels.size() - 2])};
    std::string said = publication.payload;
    if (access_ == Access::kSealed) {
      const std::string path = message_path(kCamera, "to", to, levels.back());
      said = signaling::test::opened_by_viewer(keys_.at(to.viewer), to, path, table_.epochs().current, said);
      ASSERT_FALSE(said.empty()) << path;
    }
    const auto document = signaling::JsonDocument::parse(said);
    ASSERT_TRUE(document) << said;
    const auto envelope = parse_envelope(document->root());
    const auto body = parse_body(*kind, document->root());
    const auto found = audience_.find(to.session);
    if (envelope && body && found != audience_.end()) found->second->on_message(envelope->seq, *body);
  }

  template <class F>
  auto posted(F call) {
    return [this, call](auto... args) {
      loop_.post([this, call, ... kept = std::move(args)]() mutable {
        {
          const Exempt not_us(false);
          static_cast<void>(within_memory([&] { call(std::move(kept)...); }));
        }
        pump();
      });
    };
  }

  net::NetThread::Events events() {
    using net::LinkId;
    net::NetThread::Events e;
    e.on_local_candidate = posted([this](LinkId id, const std::string& c) { viewers_.on_local_candidate(id, c); });
    e.on_gathering_done = posted([this](LinkId id) { viewers_.on_gathering_done(id); });
    e.on_ice_connected = posted([this](LinkId id) { viewers_.on_ice_connected(id); });
    e.on_connected = posted([this](LinkId id) { viewers_.on_connected(id); });
    e.on_ended =
        posted([this](LinkId id, net::LinkEnd how, const std::string& why) { viewers_.on_link_ended(id, how, why); });
    e.on_keyframe_wanted = [this](rtp::Tier) { keyframe_wanted_ = true; };
    e.on_talk = [](LinkId, const net::InboundPacket&) {};
    e.on_audio_loss = [](double) {};
    return e;
  }

  static Viewers::Callbacks deaf() {
    return {.on_demand = [](Demand) {},
            .on_joining = [] {},
            .ice_servers_for = [](const std::string&) { return std::vector<signaling::IceServer>(); },
            .on_control = [](const signaling::SessionKey&, const signaling::ControlRequest&) {}};
  }
  static signaling::CameraState state() {
    signaling::CameraState state;
    state.id = kCamera;
    return state;
  }
  static net::IceConfig on_loopback(const char* address) {
    net::IceConfig ice;
    ice.local_addresses = {address};
    return ice;
  }

  std::unique_ptr<signaling::AccessPolicy> policy() {
    if (access_ == Access::kOpen) return std::make_unique<signaling::OpenAccess>();
    return std::make_unique<signaling::SealedAccess>(invited_.registry(), random_);
  }

  static constexpr const char* kPrefix = "p";
  static constexpr const char* kCamera = "cam";

  const Exempt all_;
  const Access access_;
  SystemRandom random_;
  EventLoop loop_;
  const perch::test::TemporaryFolder folder_;
  InvitedViewers invited_{loop_, folder_.path(), {[](const std::string&, signaling::Reason) {}, [] {}}};
  std::map<std::string, signaling::SecretKey> keys_;  // as the viewers have them
  std::vector<std::string> left_;
  NtpClock clock_ = NtpClock::from_system();
  const net::IceConfig viewer_ice_ = on_loopback("127.0.0.1");
  std::map<std::string, bench::BenchViewer*> audience_;
  sim::VideoSource source_{1};
  std::atomic<bool> keyframe_wanted_ = false;
  signaling::SessionTable table_{monotonic_now(), kPrefix, state(), policy(), random_};
  net::NetThread net_{on_loopback("127.0.0.1"), sim::test_certificate(1), random_, events()};
  Viewers viewers_{table_, net_, sim::test_certificate(1).fingerprint(), random_, {}, deaf()};
};

}  // namespace perch::agent::test
