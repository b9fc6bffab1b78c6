// See m2m_run.hpp.
#include "bench/paths_probe/m2m_run.hpp"

#include <poll.h>

#include "hal/video/v4l2_m2m_session.hpp"

namespace perch::video {
namespace {

constexpr Duration kPatience = seconds(2);

using Session = Result<std::unique_ptr<V4l2M2mSession>>;

Session start_session(const Frame& frame, bool zero_copy) {
  auto node = find_m2m_encoder(CodedFormat::kFwht);
  if (!node) return fail(node.error());
  M2mSettings settings{.pixel = frame.format.pixel,
                       .size = frame.format.size,
                       .rate = frame.format.rate,
                       .bitrate = Bitrate::kbps(2000),
                       .keyframe_interval = 60};
  settings.import_dmabuf = zero_copy;
  settings.stride = frame.planes[0].stride;
  settings.dmabuf_size = frame.dmabuf_size;
  return V4l2M2mSession::start(std::move(*node), settings);
}

Result<void> encode(V4l2M2mSession& session, const Frame& frame, M2mTotals& totals) {
  if (auto submitted = session.submit(frame, false); !submitted) return submitted;
  const auto coded = session.take(kPatience);
  if (!coded) return fail(coded.error());
  if (!*coded) return fail(Errc::kUnavailable, "the encoder made nothing");
  ++totals.frames;
  totals.bytes += (*coded)->bytes.size();
  return {};
}

}  // namespace

Result<void> run_m2m(VideoSource& camera, const std::atomic<bool>& stop, M2mTotals& totals) {
  camera.export_dmabufs();
  std::unique_ptr<V4l2M2mSession> session;
  while (!stop) {
    pollfd entry{camera.fd(), POLLIN, 0};
    if (poll(&entry, 1, static_cast<int>(to_ms(kPatience))) == 0) return fail(Errc::kUnavailable, "no picture came");
    const auto frame = camera.read_frame(monotonic_now());
    if (!frame) return fail(frame.error());
    if (!*frame) continue;
    if (!session) {
      Session started = start_session(**frame, (*frame)->dmabuf >= 0);
      totals.zero_copy = started.has_value() && (*frame)->dmabuf >= 0;
      if (!started) started = start_session(**frame, false);
      if (!started) return fail(started.error());
      session = std::move(*started);
    }
    if (auto encoded = encode(*session, **frame, totals); !encoded) return encoded;
  }
  return {};
}

}  // namespace perch::video
