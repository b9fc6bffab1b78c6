// Who watches which tier, and what each tier's encoder should make, from what the viewers' networks carry.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <variant>

#include "hal/base/random.hpp"
#include "hal/base/time.hpp"
#include "media/rtp/frame_packets.hpp"
#include "net/tier_rates.hpp"

namespace perch::net {

/// `main` follows the lowest of its viewers; one far below the others moves to `low` instead of dragging them down, if
/// that is about what it can carry. It comes back when a probe brought through what `main` needs. Decides only: its
/// owner tells it of paths and carries out the events. No timers: what depends on time is looked at with the next path,
/// and those come several times a second. Single thread (net).
class TierAllocator {
 public:
  using ViewerId = std::uint64_t;
  /// What is known of one viewer.
  struct Path {
    std::optional<Bitrate> estimate;    ///< all that may be sent, headers included; nothing: not known yet
    Bitrate sound;                      ///< what the sound takes of it
    double loss = 0;                    ///< [0..1] repetitions take that much more
    rtp::Tier tier = rtp::Tier::kMain;  ///< what it gets now
  };
  struct RatesChanged {
    TierRates rates;
  };
  struct Moved {
    ViewerId id = 0;
    rtp::Tier tier = rtp::Tier::kMain;
  };
  /// The next paths of this viewer should tell whether its network carries this.
  struct ProbeWanted {
    ViewerId id = 0;
    Bitrate rate;
  };
  using Event = std::variant<RatesChanged, Moved, ProbeWanted>;

  /// Borrowed; draws how long a viewer stays on `low`, so that several do not come back at once.
  explicit TierAllocator(Random& random) : random_(random) {}

  void set_limits(TimePoint now, const StreamLimits& limits);
  /// Also when nothing is known yet: a viewer counts as present from then on.
  void on_path(TimePoint now, ViewerId id, const Path& path);
  void remove(TimePoint now, ViewerId id);
  /// Call until empty after each of the above.
  [[nodiscard]] std::optional<Event> next_event();

  [[nodiscard]] const StreamLimits& limits() const { return limits_; }
  [[nodiscard]] TierRates rates() const { return rates_; }

  /// What an encoder may make so that all of it fits.
  [[nodiscard]] static Bitrate media_rate(Bitrate all, Bitrate sound, double loss);
  /// The other way round.
  [[nodiscard]] static Bitrate wire_rate(Bitrate media, Bitrate sound, double loss);

 private:
  struct Viewer {
    Path path;
    rtp::Tier tier = rtp::Tier::kMain;  // decided
    std::optional<TimePoint> below_since;
    TimePoint moved_at{};
    TimePoint try_at{};  // when a probe may be made
    std::optional<TimePoint> probed_at;
    int asked_again = 0;  // probes of this attempt that fell short by little
    int failures = 0;     // of coming back
    [[nodiscard]] std::optional<Bitrate> media() const;
  };

  void judge_main(TimePoint now, ViewerId id, Viewer& viewer);
  void judge_low(TimePoint now, ViewerId id, Viewer& viewer);
  [[nodiscard]] bool belongs_below(const Viewer& viewer) const;
  void move(TimePoint now, ViewerId id, Viewer& viewer, rtp::Tier tier);
  void wait_again(TimePoint now, Viewer& viewer);
  [[nodiscard]] bool weighs_on_main(TimePoint now, const Viewer& viewer) const;
  [[nodiscard]] bool anyone_else_on_main(const Viewer& viewer) const;
  [[nodiscard]] std::optional<Bitrate> lowest_on_main_without(const Viewer& viewer) const;
  [[nodiscard]] TierRates wanted(TimePoint now) const;
  void publish(TimePoint now);

  Random& random_;
  StreamLimits limits_;
  std::map<ViewerId, Viewer> viewers_;
  TierRates rates_;  // as published
  TimePoint changed_at_{};
  std::deque<Event> events_;
};

}  // namespace perch::net
