// Tells losses that a lower rate would avoid from those that the path has anyway.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/base/units.hpp"

namespace perch::net {

/// Radio links lose packets whatever the rate; giving way to that would end at nothing (the 10 % rule of
/// draft-ietf-rmcat-gcc-02 §6). So the usual loss of the path is learnt, and only what is clearly more than chance
/// makes of it counts as congestion. A policer or a full queue then shows at once, and the rate falls to what came
/// through; the limit grows again slowly at first, faster the longer nothing happens. Many packets in a row are an
/// outage, which no rate would avoid: they are left out. Single thread.
class LossModel {
 public:
  struct Path {
    Bitrate acked;            ///< what came through lately
    microseconds standing{};  ///< queue that does not drain
  };
  void add(bool lost);
  /// What was lost while nothing came back says nothing about the rate: forgets what is not judged yet, and the limit.
  void after_silence(TimePoint now);
  /// After all packets of a feedback.
  void on_feedback(TimePoint now, const Path& path);
  /// Not more than this may be sent; nothing while losses give no reason.
  [[nodiscard]] std::optional<Bitrate> limit() const { return limit_; }
  [[nodiscard]] double ratio() const { return ratio_; }        ///< smoothed [0..1]: what Opus should expect
  [[nodiscard]] double inherent() const { return inherent_; }  ///< [0..1]

 private:
  void observe(double ratio, double packets, const Path& path);
  void relax(Duration since, const Path& path);

  int lost_ = 0;
  int arrived_ = 0;
  int runs_ = 0;  // of losses in a row
  bool last_lost_ = false;
  bool filled_ = false;  // there was a queue that overflows
  TimePoint since_{};
  bool started_ = false;
  bool observed_ = false;
  double ratio_ = 0;
  double inherent_ = 0;
  std::optional<Bitrate> limit_;
  double relax_ = 0;  // [1/s] how fast the limit grows
};

}  // namespace perch::net
