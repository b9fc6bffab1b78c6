// Spreads one viewer's packets over time: which packet leaves now, and when the next one may.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "hal/base/units.hpp"
#include "net/congestion/probe_control.hpp"

namespace perch::net {

enum class PacketKind : std::uint8_t { kAudio, kRetransmission, kVideo, kPadding };

/// A first-in first-out queue without allocation.
template <class T, std::size_t kCapacity>
class FixedQueue {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool full() const { return size_ == kCapacity; }
  [[nodiscard]] const T& front() const { return items_[first_]; }
  void push(const T& item) { items_[(first_ + size_++) % kCapacity] = item; }
  void pop() {
    first_ = (first_ + 1) % kCapacity;
    --size_;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// The `i`-th from the front.
  [[nodiscard]] const T& operator[](std::size_t i) const { return items_[(first_ + i) % kCapacity]; }
  /// Forgets all but the first `n`.
  void keep(std::size_t n) { size_ = n < size_ ? n : size_; }

 private:
  std::array<T, kCapacity> items_{};
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

/// Audio leaves at once, then retransmissions (at most a quarter of the target), then video, then padding for probes.
/// Packets are named by a token of the owner's, who writes them when they leave. Allocates nothing. Single thread
/// (net).
class Pacer {
 public:
  struct Packet {
    PacketKind kind = PacketKind::kVideo;
    std::uint16_t size = 0;   ///< [bytes] on the wire
    std::uint64_t token = 0;  ///< the owner's name for it; 0 for padding
  };
  struct Leaving : Packet {
    bool probe = false;  ///< left during a probe
  };
  static constexpr Duration kTick = milliseconds(5);
  /// With more than this waiting, video should be dropped up to the next key frame.
  static constexpr Duration kLongestQueue = milliseconds(250);

  Pacer(Bitrate pacing, Bitrate target) : pacing_(pacing), target_(target) {}
  /// `pacing` is how fast packets leave, `target` the rate that the quarter is taken of; both over 0.
  void set_rates(Bitrate pacing, Bitrate target);
  void probe(const Probe& probe) { probe_ = probe; }

  /// False when there is no room; the packet is then forgotten.
  [[nodiscard]] bool enqueue(const Packet& packet);
  /// The packet that leaves now; call until there is none.
  [[nodiscard]] std::optional<Leaving> next(TimePoint now);
  /// When to call next() again: kNever with nothing to send, long ago with audio waiting, else a tick apart at least.
  [[nodiscard]] TimePoint deadline() const;

  /// How long all that waits takes at the pacing rate.
  [[nodiscard]] Duration queue_time() const { return pacing_.time_for(queued_bytes_); }
  /// How long new video waits: repetitions take their quarter only, however many there are.
  [[nodiscard]] Duration video_time() const { return video_time(video_bytes_); }
  [[nodiscard]] Duration video_time(std::int64_t bytes) const;
  [[nodiscard]] bool overloaded() const { return video_time() > kLongestQueue; }
  /// Forgets the waiting video but for its first `keep` packets.
  void drop_video(std::size_t keep = 0);
  /// Forgets the repetitions for which `useless(packet)`.
  template <class Useless>
  void drop_repeats(Useless useless) {
    for (std::size_t left = repeats_.size(); left > 0; --left) {
      const Packet packet = repeats_.front();
      repeats_.pop();
      if (useless(packet))
        queued_bytes_ -= packet.size;
      else
        repeats_.push(packet);
    }
  }
  void cancel_probe() { probe_.reset(); }
  [[nodiscard]] std::int64_t queued_bytes() const { return queued_bytes_; }
  /// In the order of leaving.
  [[nodiscard]] std::size_t videos() const { return video_.size(); }
  [[nodiscard]] const Packet& video(std::size_t i) const { return video_[i]; }

 private:
  std::optional<Packet> pick();
  void charge(TimePoint now, std::size_t size);
  void refill(TimePoint now);

  Bitrate pacing_;
  Bitrate target_;
  FixedQueue<Packet, 32> audio_;  // 0.6 s
  FixedQueue<Packet, 128> repeats_;
  FixedQueue<Packet, 512> video_;  // a quarter second of 20 Mbit/s
  std::optional<Probe> probe_;
  std::int64_t queued_bytes_ = 0;  // retransmissions and video
  std::int64_t video_bytes_ = 0;
  std::int64_t repeat_budget_ = 0;  // [bit · ns / s]: exact, whatever the steps
  TimePoint refilled_at_{};
  TimePoint free_at_{};     // what left so far is paid for by then
  TimePoint tick_until_{};  // packets due before this leave together
};

}  // namespace perch::net
