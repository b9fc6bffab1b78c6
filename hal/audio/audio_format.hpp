// Sound as the daemon handles it: signed 16-bit samples, channels interleaved.
#pragma once

#include <cstddef>

namespace perch::audio {

struct AudioFormat {
  int rate = 48'000;  ///< [Hz], per channel
  int channels = 1;   ///< 1 or 2
  bool operator==(const AudioFormat&) const = default;
};

}  // namespace perch::audio
