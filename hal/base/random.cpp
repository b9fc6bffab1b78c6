#include "hal/base/random.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace perch {

std::uint32_t Random::u32() {
  std::array<std::uint8_t, 4> bytes{};
  fill(bytes);
  return ByteReader(bytes).u32();
}

std::uint16_t Random::u16() { return static_cast<std::uint16_t>(u32() >> 16); }

double Random::unit() { return u32() / 4294967296.0; }

void SystemRandom::fill(ByteSpan out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) std::abort();  // no kernel without it; keys must never be guessable
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

void SeededRandom::fill(ByteSpan out) {
  for (std::uint8_t& byte : out) {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    byte = static_cast<std::uint8_t>((z ^ (z >> 31)) >> 24);
  }
}

}  // namespace perch
