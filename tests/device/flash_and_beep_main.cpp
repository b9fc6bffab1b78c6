// A camera and a microphone that see and hear the same thing: at each full second of the monotonic clock a white corner
// for 100 ms, and a beep as long, written to a v4l2loopback node and to one end of a loopback card.
//   perch_flash_and_beep VIDEO_NODE PPM      runs until SIGTERM; PPM bends the sound card's clock
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numbers>
#include <thread>

#include "tests/device/loopback_camera.hpp"
#include "tests/device/loopback_card.hpp"

namespace {

using namespace perch;

// Small: the guest has one slow processor, and what is measured is when, not how fine.
constexpr video::VideoFormat kPicture{video::PixelFormat::kYuyv, {320, 180}, {30, 1}};
constexpr Duration kLong = milliseconds(100);

volatile std::sig_atomic_t ended = 0;

bool is_on(TimePoint at) { return at.time_since_epoch() % seconds(1) < kLong; }

/// Sample `n` of a card that began at `start` and runs `ppm` fast.
class Beeper {
 public:
  explicit Beeper(int ppm) : rate_(48'000 * (1 + ppm * 1e-6)) {}
  double operator()(std::int64_t n) const {
    const TimePoint start = player != nullptr && *player ? (*player)->started_at() : TimePoint{};
    if (start == TimePoint{}) return 0;
    const auto at = start + nanoseconds(std::llround(static_cast<double>(n) / rate_ * 1e9));
    return is_on(at) ? 0.5 * std::sin(2 * std::numbers::pi * 1000 * static_cast<double>(n) / 48'000) : 0;
  }
  const std::unique_ptr<audio::LoopbackPlayer>* player = nullptr;

 private:
  double rate_;
};

/// A slope that moves, and the corner.
void paint(Bytes& picture, std::uint32_t number, bool flash) {
  for (int y = 0; y < kPicture.size.height; ++y) {
    for (int x = 0; x < kPicture.size.width; ++x) {
      const bool corner = x >= kPicture.size.width * 7 / 8 && y < kPicture.size.height / 3;
      const auto slope = static_cast<std::uint8_t>(16 + (static_cast<std::uint32_t>(x) / 4 + number) % 128);
      const std::size_t at = 2 * (static_cast<std::size_t>(y) * kPicture.size.width + x);
      picture[at] = corner ? (flash ? 235 : 16) : slope;
      picture[at + 1] = 128;
    }
  }
}

int show(const char* node) {
  auto camera = video::LoopbackCamera::create(node, kPicture);
  if (!camera) return std::fprintf(stderr, "flash_and_beep: %s\n", camera.error().message().c_str()), 1;
  Bytes dark(2 * static_cast<std::size_t>(kPicture.size.width) * kPicture.size.height), bright(dark);
  TimePoint next = monotonic_now();
  for (std::uint32_t number = 0; ended == 0; ++number) {
    const bool flash = is_on(next);
    paint(flash ? bright : dark, number, flash);
    std::this_thread::sleep_until(next);  // the camera's own clock
    if (!camera->show(flash ? bright : dark)) return 1;
    next += kPicture.rate.interval();
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::signal(SIGTERM, [](int) { ended = 1; });
  const int ppm = std::atoi(argv[2]);
  if (ppm != 0 && !audio::bend_loopback_clock(1, 0, ppm)) return std::fputs("cannot bend the clock\n", stderr), 1;
  std::unique_ptr<audio::LoopbackPlayer> player;
  Beeper beeper(ppm);
  beeper.player = &player;
  auto started = audio::LoopbackPlayer::start("hw:Loopback,0,0", {}, beeper);
  if (!started) return std::fprintf(stderr, "flash_and_beep: %s\n", started.error().message().c_str()), 1;
  player = std::move(*started);
  return show(argv[1]);
}
