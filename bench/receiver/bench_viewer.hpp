// One light viewer of the receiver program: offers, connects, receives and counts.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "hal/base/event_loop.hpp"
#include "hal/base/units.hpp"
#include "net/ice_agent.hpp"
#include "signaling/messages.hpp"
#include "signaling/replay_window.hpp"
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
  bool look = false;                 ///< also into the pictures: key frames and size
  std::uint64_t pli_per_second = 0;  ///< asks for key frames so often, needed or not
};

/// Letters that will do for a session's name as well as for ICE credentials, RFC 8445 §5.3.
[[nodiscard]] std::string random_text(Random& random, std::size_t bytes);

/// How a viewer behaves; all but the first are rude.
enum class Manner : std::uint8_t {
  kPolite,
  kHalfOpen,  ///< offers and is never heard of again: no candidates, no checks
  kBadDtls,   ///< its certificate is not the one it announced
  kGarbage,   ///< answers the DTLS handshake with noise
  kVanish,    ///< stops in the middle of the pictures without a word
};

class BenchViewer {
 public:
  BenchViewer(ViewerContext context, signaling::SessionKey key, Manner manner = Manner::kPolite);

  [[nodiscard]] Result<void> offer();
  /// The camera's message of that number; what was heard already is left out, PROTOCOL.md "Once only".
  void on_message(std::uint64_t seq, const signaling::Body& body);
  void hang_up();

  [[nodiscard]] const signaling::SessionKey& key() const { return key_; }
  [[nodiscard]] sim::ReceiverStats stats() const { return peer_ ? peer_->stats() : sim::ReceiverStats{}; }
  /// Of the last key frame; nothing without `look`.
  [[nodiscard]] Size picture() const { return picture_; }
  [[nodiscard]] std::uint64_t plis_injected() const { return plis_injected_; }
  [[nodiscard]] std::optional<Duration> first_rtp() const { return first_rtp_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] Manner manner() const { return manner_; }
  /// The camera's description has come.
  [[nodiscard]] bool answered() const { return peer_ != nullptr; }
  /// Datagrams of noise sent so far.
  [[nodiscard]] std::size_t noise() const { return noise_; }

 private:
  void send(const signaling::Body& body) { context_.publish(key_, body, seq_++); }
  void on_answer(const signaling::Answer& answer);
  void pump(TimePoint now);
  void on_frame(const rtp::ReceivedAccessUnit& unit);
  void inject_pli(TimePoint now);
  void send_noise();
  [[nodiscard]] std::string offer_sdp() const;

  ViewerContext context_;
  const signaling::SessionKey key_;
  const Manner manner_;
  net::IceCredentials local_;
  std::unique_ptr<net::IceAgent> ice_;
  std::unique_ptr<sim::ReceiverPeer> peer_;
  Timer timer_;
  Timer pli_timer_;
  rtp::Ssrc media_ssrc_ = 0;
  std::uint64_t plis_injected_ = 0;
  Size picture_{};
  bool path_known_ = false;
  std::uint64_t seq_ = 0;
  signaling::ReplayWindow heard_;
  std::size_t noise_ = 0;
  TimePoint offered_at_{};
  std::optional<Duration> first_rtp_;
  std::string failure_;
};

}  // namespace perch::bench
