// What the viewers' networks ask of the encoders, and what there is to choose from: the words between net and agent.
#pragma once

#include <optional>

#include "hal/base/units.hpp"

namespace perch::net {

/// What the encoders can do. All rates are what an encoder makes, without headers.
struct StreamLimits {
  Bitrate floor = Bitrate::kbps(150);     ///< `main` is never asked for less
  Bitrate ceiling = Bitrate::kbps(2000);  ///< nor for more; pass-through: what the source makes, as far as it is known
  bool adaptable = true;                  ///< false: `main` is as it is (pass-through)
  bool low_available = true;              ///< a second encode can be had
  Bitrate low_floor = Bitrate::kbps(150);
  Bitrate low_ceiling = Bitrate::kbps(500);
};

/// What each tier should make now.
struct TierRates {
  Bitrate main;
  std::optional<Bitrate> low;  ///< nothing: nobody needs that tier, its encoder may stop
  constexpr bool operator==(const TierRates&) const = default;
};

/// What a viewer gets of the pictures there are.
enum class ViewerQuality { kFull, kLow, kThinned };
[[nodiscard]] constexpr const char* to_string(ViewerQuality quality) {
  switch (quality) {
    case ViewerQuality::kFull: return "full";
    case ViewerQuality::kLow: return "low";          // the smaller encode
    case ViewerQuality::kThinned: return "thinned";  // of a stream that cannot be changed, as many pictures as fit
  }
  return "unknown";
}

}  // namespace perch::net
