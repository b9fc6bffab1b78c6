// Puts the packets of one speaker back in order and decides what is to be heard next. Sans-IO.
#pragma once

#include <map>
#include <optional>

#include "hal/base/bytes.hpp"
#include "media/codec/jitter_estimator.hpp"
#include "media/codec/talk_packet.hpp"

namespace perch::codec {

/// Takes Opus packets in any order and gives out one after the other, each with as much delay as the jitter asks for.
/// What is missing is to be restored from the next packet or made up; after 100 ms without anything it falls silent and
/// begins anew with the next packet. Holds at most kMaxPackets, whatever comes in. Packets of one ssrc only.
class JitterBuffer {
 public:
  static constexpr std::size_t kMaxPackets = 64;
  static constexpr std::size_t kMaxPayload = 1500;  ///< [bytes] more does not come in one datagram

  struct Counters {
    std::uint64_t packets = 0;    ///< that came
    std::uint64_t late = 0;       ///< of which too late or twice
    std::uint64_t malformed = 0;  ///< of which not Opus
    std::uint64_t skipped = 0;    ///< of which left out to catch up
    std::uint64_t concealed = 0;  ///< answers kConceal
    std::uint64_t recovered = 0;  ///< answers kRecover
  };
  enum class Action {
    kPlay,     ///< decode `payload`
    kRecover,  ///< restore the frame before `payload` from its FEC
    kConceal,  ///< make something up
    kNothing,  ///< silence: nobody speaks
  };
  struct Next {
    Action action = Action::kNothing;
    ByteView payload;        ///< valid until the next call
    std::size_t frames = 0;  ///< duration at 48 kHz, kNothing: 0
  };

  void push(TalkPacket packet);
  /// What comes after all that was given out before. `at` is the instant at which it starts to sound, less whatever
  /// delay there is behind the buffer in any case.
  [[nodiscard]] Next next(TimePoint at);

  /// Nothing buffered, nothing being played.
  [[nodiscard]] bool idle() const { return !playing_ && packets_.empty(); }
  /// How far behind the fastest possible the last packet was played.
  [[nodiscard]] Duration delay() const { return delay_; }
  /// How far behind it should be. The caller approaches it by playing a little faster or slower.
  [[nodiscard]] Duration target() const { return jitter_.target(); }
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  struct Entry {
    std::int64_t timestamp = 0;  ///< unwrapped, 48 kHz
    std::size_t frames = 0;
    Bytes payload;
  };
  using Packets = std::map<std::int64_t, Entry>;  // by unwrapped sequence number

  [[nodiscard]] bool take_clock(TimePoint arrived_at, std::int64_t sequence, std::int64_t timestamp);
  void begin_anew();
  [[nodiscard]] Duration delay_of(TimePoint at, std::int64_t timestamp) const;
  [[nodiscard]] bool may_start(TimePoint at) const;
  void catch_up(TimePoint at);
  [[nodiscard]] Next starve();
  void settle_missing(std::int64_t first);
  [[nodiscard]] Next conceal(std::size_t frames);
  [[nodiscard]] Next play(TimePoint at);

  JitterEstimator jitter_;
  rtp::SequenceUnwrapper sequence_;
  std::optional<std::int64_t> newest_timestamp_;
  TimePoint last_arrival_;
  Packets packets_;
  bool playing_ = false;
  std::optional<std::int64_t> last_;  // sequence number of what was played or given up last
  std::int64_t next_timestamp_ = 0;   // of what follows it
  std::size_t frame_ = 960;           // duration of the packet played last
  std::size_t starved_ = 0;           // made up since then because nothing was there [frames]
  Bytes payload_;                     // what next() lends
  Duration delay_{};
  Counters counters_;
};

}  // namespace perch::codec
