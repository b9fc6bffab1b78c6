// See test_pattern.hpp.
#include "hal/video/test_pattern.hpp"

#include <algorithm>

#include "hal/video/paced_source.hpp"
#include "hal/video/pattern_painter.hpp"

namespace perch::video {
namespace {

// Mapped anew for each frame: the page compares with its own wall clock, which may be stepped while we run.
std::uint32_t unix_ms_at(TimePoint t) { return static_cast<std::uint32_t>(to_ms(NtpClock::from_system().unix_at(t))); }

// For a tenth of each second of the monotonic clock, together with the beep of hal/audio's tone.
bool flashes_at(TimePoint t) { return t.time_since_epoch() % seconds(1) < milliseconds(100); }

class TestPattern final : public PacedSource {
 public:
  TestPattern(FrameTimer timer, TimePoint start, const VideoFormat& format)
      : PacedSource(std::move(timer), start, format), painter_(format.size) {}
  [[nodiscard]] std::string description() const override { return "test pattern"; }

 private:
  [[nodiscard]] Result<void> fill(Frame& frame) override {
    painter_.paint(frame.number, unix_ms_at(frame.captured_at), flashes_at(frame.captured_at));
    const Size size = frame.format.size;
    const auto planes = lay_out_planes(PixelFormat::kI420, size, size.width, painter_.picture());
    if (!planes) return fail(Errc::kInternal, "the test picture is smaller than its format");
    frame.planes = *planes;
    return {};
  }

  PatternPainter painter_;
};

int at_least_16_even(int n) { return std::max(16, n) & ~1; }

}  // namespace

Result<std::unique_ptr<VideoSource>> open_test_pattern(const SourceRequest& request, TimePoint start) {
  auto timer = FrameTimer::create(start);
  if (!timer) return fail(timer.error());
  const Size size{at_least_16_even(request.size.width), at_least_16_even(request.size.height)};
  return std::make_unique<TestPattern>(std::move(*timer), start, VideoFormat{PixelFormat::kI420, size, request.rate});
}

}  // namespace perch::video
