// Where randomness comes from: the system in the daemon, a seed in tests.
#pragma once

#include <cstdint>

#include "hal/base/bytes.hpp"

namespace perch {

/// Injected wherever protocol code needs unpredictable bytes, so that a seed replays a run.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(ByteSpan out) = 0;
  [[nodiscard]] std::uint32_t u32();
  [[nodiscard]] std::uint16_t u16();
  /// Uniform in [0, 1).
  [[nodiscard]] double unit();
};

/// getrandom(2). Any thread.
class SystemRandom final : public Random {
 public:
  void fill(ByteSpan out) override;
};

/// SplitMix64 over a seed: fast, repeatable, not secret. Tests and simulations only.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(ByteSpan out) override;

 private:
  std::uint64_t state_;
};

}  // namespace perch
