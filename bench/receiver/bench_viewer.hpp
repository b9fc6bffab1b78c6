// One light viewer of the receiver program: offers, connects, receives and counts.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hal/base/event_loop.hpp"
#include "net/ice_agent.hpp"
#include "signaling/messages.hpp"
#include "tests/sim/receiver_peer.hpp"

namespace perch::bench {

/// What all viewers share. Borrowed; outlives them.
struct ViewerContext {
  EventLoop& loop;
  const net::IceConfig& ice;
  const net::DtlsCertificate& certificate;
  Random& random;
  NtpClock clock;
  /// Publishes a message of `viewer` in `session`.
  std::function<void(const signaling::SessionKey&, const signaling::Body&, std::uint64_t seq)> publish;
};

class BenchViewer {
 public:
  BenchViewer(ViewerContext context, signaling::SessionKey key);

  [[nodiscard]] Result<void> offer();
  void on_message(const signaling::Body& body);
  void hang_up();

  [[nodiscard]] const signaling::SessionKey& key() const { return key_; }
  [[nodiscard]] sim::ReceiverStats stats() const { return peer_ ? peer_->stats() : sim::ReceiverStats{}; }
  [[nodiscard]] std::optional<Duration> first_rtp() const { return first_rtp_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  void send(const signaling::Body& body) { context_.publish(key_, body, seq_++); }
  void on_answer(const signaling::Answer& answer);
  void pump(TimePoint now);
  [[nodiscard]] std::string offer_sdp() const;

  ViewerContext context_;
  const signaling::SessionKey key_;
  net::IceCredentials local_;
  std::unique_ptr<net::IceAgent> ice_;
  std::unique_ptr<sim::ReceiverPeer> peer_;
  Timer timer_;
  bool path_known_ = false;
  std::uint64_t seq_ = 0;
  TimePoint offered_at_{};
  std::optional<Duration> first_rtp_;
  std::string failure_;
};

}  // namespace perch::bench
