// Listening to a source, for tests on real devices and real time.
#pragma once

#include <vector>

#include "hal/audio/audio_source.hpp"

namespace perch::audio {

/// How long a card may take for a block [ms]. Far above any period: a guest is slow, and a hang should still end.
inline constexpr int kPatience_ms = 10'000;

/// A block, with samples of its own.
struct Heard {
  std::vector<std::int16_t> samples;
  TimePoint captured_at;
  bool gap = false;
  TimePoint read_at;
};

/// The next block, polling as the pipeline does. kUnavailable when none came in time.
[[nodiscard]] inline Result<Heard> next_block(AudioSource& source) {
  const TimePoint deadline = monotonic_now() + milliseconds(kPatience_ms);
  while (monotonic_now() < deadline) {
    std::vector<pollfd> polled(source.poll_fds().begin(), source.poll_fds().end());
    if (poll(polled.data(), polled.size(), kPatience_ms) < 0) return fail_errno("poll");
    const TimePoint now = monotonic_now();
    auto block = source.read(now, polled);
    if (!block) return fail(block.error());
    if (*block)
      return Heard{{(*block)->samples.begin(), (*block)->samples.end()}, (*block)->captured_at, (*block)->gap, now};
  }
  return fail(Errc::kUnavailable, "no sound in time");
}

/// At least `frames` of a mono source; fewer after an error, which is then in `error`.
[[nodiscard]] inline std::vector<std::int16_t> listen(AudioSource& source, std::size_t frames) {
  std::vector<std::int16_t> samples;
  while (samples.size() < frames) {
    const auto block = next_block(source);
    if (!block) break;
    samples.insert(samples.end(), block->samples.begin(), block->samples.end());
  }
  return samples;
}

}  // namespace perch::audio
