// Is the path's delay growing? A straight line through the last groups' delays.
#pragma once

#include <array>
#include <cstdint>

#include "net/congestion/inter_arrival.hpp"

namespace perch::net {

/// Least squares over the smoothed, accumulated delay differences of the last 20 groups. Takes the place of the
/// Kalman filter of draft-ietf-rmcat-gcc-02 §5.3 in all implementations of today. Single thread.
class Trendline {
 public:
  void add(const InterArrival::Delta& delta);
  /// Slope [ms of delay per ms] weighted with the number of groups seen, as the detector's threshold expects it [ms];
  /// 0 until the window is full.
  [[nodiscard]] double weighted() const { return weighted_; }
  [[nodiscard]] int groups() const { return groups_; }
  void reset() { *this = Trendline(); }

 private:
  static constexpr int kWindow = 20;
  static constexpr int kHeaviest = 60;  // [groups]
  struct Point {
    double at = 0;     // [ms] since the first group
    double delay = 0;  // [ms] smoothed
  };
  [[nodiscard]] double slope() const;

  std::array<Point, kWindow> points_{};
  int groups_ = 0;
  microseconds first_at_{};
  double accumulated_ = 0;  // [ms]
  double smoothed_ = 0;     // [ms]
  double weighted_ = 0;
};

}  // namespace perch::net
