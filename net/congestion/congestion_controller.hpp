// How much may be sent to one viewer, from the feedback about what was sent.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/base/units.hpp"
#include "net/congestion/bottleneck.hpp"
#include "net/congestion/inter_arrival.hpp"
#include "net/congestion/loss_model.hpp"
#include "net/congestion/overuse_detector.hpp"
#include "net/congestion/pacer.hpp"
#include "net/congestion/probe_control.hpp"
#include "net/congestion/queue_delay.hpp"
#include "net/congestion/rate_control.hpp"
#include "net/congestion/trendline.hpp"
#include "net/congestion/windowed_rate.hpp"
#include "net/send_log.hpp"

namespace perch::net {

/// The congestion control of one viewer's transport: composes the estimators beside it. Leaves sending to the owner and
/// the Pacer. All rates count what the network carries, headers included. Allocates nothing. Single thread (net).
class CongestionController {
 public:
  struct Config {
    Bitrate start = Bitrate::kbps(300);
    Bitrate min = Bitrate::kbps(50);
    Bitrate max = Bitrate::kbps(2500);
    std::size_t overhead = 28;  ///< [bytes] that the send log does not count: IPv4 20 + UDP 8
    bool probes = true;         ///< padding can be sent: RTX or padding packets were negotiated
    /// The first frames leave at once, and how the network pulls them apart makes the first estimate: a viewer nearby
    /// gets its picture without delay, and one far away loses some packets once. False: doubling probes from `start`.
    bool burst = false;
  };

  explicit CongestionController(const Config& config);

  /// A packet left; `number` as in the send log, `probe` as the pacer says.
  void on_sent(TimePoint now, rtp::SequenceNumber number, bool probe);
  /// Each packet that a feedback reports, in order (SendLog::on_feedback), and then once on_feedback.
  void on_packet(const SendLog::PacketResult& result);
  void on_feedback(TimePoint now);
  /// The older kind of feedback; counts only as long as no packet has been reported.
  void on_remb(TimePoint now, Bitrate bitrate);

  /// At deadline() or later: a second without feedback halves the rate.
  void on_deadline(TimePoint now);
  [[nodiscard]] TimePoint deadline() const;  ///< kNever while nothing is in flight

  /// What the network will carry, all streams, repetitions and headers together.
  [[nodiscard]] Bitrate target() const { return rate_.target(); }
  /// Feedback has said something about it; before, it is a guess.
  [[nodiscard]] bool known() const { return known_; }
  /// How fast the pacer should send.
  [[nodiscard]] Bitrate pacing_rate() const;
  /// What the encoder should make of `target` while `waiting` is still in the pacer: the part that is late already
  /// is taken off the following frames instead of being queued in front of them (RFC 8698 §5.2.2).
  [[nodiscard]] Bitrate media_rate(Duration waiting) const;

  /// To be handed to the pacer. Ask after on_feedback and at the start.
  [[nodiscard]] std::optional<Probe> next_probe(TimePoint now) { return probes_.next(now); }
  /// One probe at `rate`: can the viewer take that? target() then tells.
  void request_probe(Bitrate rate);
  void set_max(Bitrate max);

  [[nodiscard]] Bitrate acked() const { return acked_.rate(); }
  [[nodiscard]] double loss() const { return loss_.ratio(); }  ///< [0..1] smoothed, all causes
  [[nodiscard]] microseconds standing_queue() const { return queue_.standing(); }
  [[nodiscard]] std::optional<Bitrate> bottleneck() const {
    return newest_arrival_ ? bottleneck_.rate(*newest_arrival_) : std::nullopt;
  }

 private:
  void begin(TimePoint now);
  void apply_outcome(TimePoint now, const ProbeControl::Outcome& outcome);
  void forget_delays();

  Config config_;
  RateControl rate_;
  InterArrival groups_;
  Trendline trend_;
  OveruseDetector detector_;
  QueueDelay queue_;
  Bottleneck bottleneck_;
  WindowedRate acked_;
  LossModel loss_;
  ProbeControl probes_;

  bool overused_ = false;  // since the last on_feedback
  bool follows_ = false;   // the packet before arrived too
  rtp::SequenceNumber previous_;
  std::optional<microseconds> newest_arrival_;  // receiver's clock
  Duration response_ = milliseconds(200);
  std::optional<TimePoint> last_result_sent_;  // of this feedback
  TimePoint silent_since_{};
  bool in_flight_ = false;
  bool reported_ = false;  // any packet, ever
  TimePoint reported_at_{};
  bool known_ = false;
  int sent_blindly_ = 0;    // [packets] before the first report
  Bitrate before_silence_;  // 0: there is none
  Bitrate confirmed_;       // by a probe
  TimePoint confirmed_at_{};
};

}  // namespace perch::net
