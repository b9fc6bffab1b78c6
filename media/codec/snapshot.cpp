#include "media/codec/snapshot.hpp"

#include <poll.h>

#include <utility>

#include "media/codec/jpeg_encoder.hpp"
#include "media/codec/pixel_convert.hpp"

namespace perch::codec {
namespace {

constexpr Duration kPatience = seconds(4);
constexpr std::uint32_t kPicturesLeftOut = 4;

/// Waits until the source has something to say.
Result<void> wait_for(const video::VideoSource& source, TimePoint until) {
  pollfd entry{source.fd(), POLLIN, 0};
  const auto left_ms = static_cast<int>(to_ms(until - monotonic_now()));
  if (left_ms <= 0 || ::poll(&entry, 1, left_ms) <= 0)
    return fail(Errc::kUnavailable, "the camera delivers no picture");
  return {};
}

}  // namespace

Result<Bytes> jpeg_of(const video::Frame& frame) {
  if (frame.format.pixel == video::PixelFormat::kH264)
    return fail(Errc::kUnsupported,
                "the camera's pictures come as H.264, which perchd passes on and cannot decode: save one in the viewer "
                "page, ask again when nobody watches, or set [video] encoder = \"x264\"");
  PixelConverter converter;
  const auto picture = converter.convert(frame);
  if (!picture) return fail(picture.error());
  return encode_jpeg(*picture, frame.format.pixel == video::PixelFormat::kMjpeg);
}

Result<Bytes> take_snapshot(video::SourceRequest request) {
  request.prefer_h264 = false;
  auto source = video::open_video_source(request);
  if (!source) return fail(std::move(source.error()));
  const TimePoint until = monotonic_now() + kPatience;
  for (std::uint32_t seen = 0;;) {
    if (auto ready = wait_for(**source, until); !ready) return fail(std::move(ready.error()));
    const auto frame = (*source)->read_frame(monotonic_now());
    if (!frame) return fail(frame.error());
    if (*frame && seen++ >= kPicturesLeftOut) return jpeg_of(**frame);
  }
}

SnapshotTap::~SnapshotTap() {
  for (const Sink& sink : take_waiting()) sink(fail(Errc::kClosed, "the camera was closed before a picture came"));
}

void SnapshotTap::ask(Sink sink) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(sink));
}

std::vector<SnapshotTap::Sink> SnapshotTap::take_waiting() {
  const std::lock_guard lock(mutex_);
  return std::exchange(waiting_, {});
}

void SnapshotTap::on_frame(const video::Frame& frame) {
  const std::vector<Sink> waiting = take_waiting();
  if (waiting.empty()) return;
  const auto jpeg = jpeg_of(frame);
  for (const Sink& sink : waiting) sink(jpeg);
}

}  // namespace perch::codec
