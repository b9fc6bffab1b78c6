// Decides what is given up when the network carries too little for good pictures: frame rate, size, or nothing.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "hal/base/time.hpp"
#include "hal/base/units.hpp"

namespace perch::codec {

/// W3C mst-content-hint §5 degradationPreference: kFramerate keeps the size, kResolution keeps the frame rate,
/// kBalanced gives up frames first and then size, kOff gives up neither.
enum class Degrade : std::uint8_t { kBalanced, kFramerate, kResolution, kOff };
/// "balanced", "framerate", "resolution" or "off".
[[nodiscard]] std::optional<Degrade> parse_degrade(std::string_view name);

/// What is encoded of a camera's pictures.
struct PictureShape {
  Size size;
  double fps = 0;
  bool operator==(const PictureShape&) const = default;
};

/// Rungs from the camera's own size and rate down to small and slow ones. Goes down once the target has been too low
/// for a second, and up again when there was room for a while; each time at once to where it suffices, because every
/// change of size costs a key frame. Single thread.
class QualityLadder {
 public:
  /// [bit] per pixel. x264 at its fastest shows blocks in moving pictures below that.
  static constexpr double kBitsPerPixel = 0.03;
  /// Of the ceiling: who sets a low one for a large picture wants the large picture.
  static constexpr double kFullShare = 0.6;
  static constexpr Duration kDownHold = seconds(1);
  static constexpr Duration kUpHold = seconds(6);
  static constexpr double kUpMargin = 1.2;

  struct Config {
    Degrade degrade = Degrade::kBalanced;
    double min_fps = 15;  ///< [1/s] no rung has less, but for a camera that does
    Bitrate ceiling = Bitrate::kbps(2000);
  };

  QualityLadder(Config config, Size size, double fps);

  /// To be called with each picture. `target` is what the network is thought to carry.
  const PictureShape& update(TimePoint now, Bitrate target);
  [[nodiscard]] const PictureShape& current() const { return rungs_[at_].shape; }

 private:
  struct Rung {
    PictureShape shape;
    double needed_bps = 0;
  };

  void add_rung(PictureShape shape);
  [[nodiscard]] std::size_t best_for(Bitrate target) const;
  void go_down(TimePoint now, Bitrate target);
  void go_up(TimePoint now, Bitrate target);

  const Config config_;
  double bits_per_pixel_ = kBitsPerPixel;
  std::vector<Rung> rungs_;  // each needs less than the one before
  std::size_t at_ = 0;
  std::optional<TimePoint> low_since_;
  std::optional<TimePoint> room_since_;
  Bitrate least_room_;  // since then
};

}  // namespace perch::codec
