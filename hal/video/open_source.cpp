// Opens a source by its configured name: auto, pattern, /dev/videoN, libcamera:N or file:PATH.
#include <algorithm>

#include "hal/base/log.hpp"
#include "hal/video/annexb_file.hpp"
#include "hal/video/format_choice.hpp"
#include "hal/video/libcamera_source.hpp"
#include "hal/video/test_pattern.hpp"
#include "hal/video/v4l2_capture.hpp"
#include "hal/video/v4l2_device.hpp"
#include "hal/video/video_source.hpp"
#include "hal/video/y4m_file.hpp"

namespace perch::video {
namespace {

using Opened = Result<std::unique_ptr<VideoSource>>;

bool is_part_of_a_pipeline(const std::string& path) {
  const auto node = V4l2Device::open_node(path);
  return node && !node->standalone();
}

// The first node that works as a camera. Most boards have other nodes too (codecs, metadata, raw sensors): those that
// do not suit are passed over in silence, those that would with some help are named.
Opened open_first_camera(const SourceRequest& request) {
  for (const std::string& path : list_video_nodes()) {
    if (is_part_of_a_pipeline(path)) continue;
    auto camera = open_v4l2_capture(path, request);
    if (camera) return camera;
    const bool can_be_helped = camera.error().code == Errc::kPermission || camera.error().code == Errc::kBusy;
    if (can_be_helped)
      PERCH_WARN("video", "msg=\"camera passed over\" error=%s", in_quotes(camera.error().message()).c_str());
  }
  if (may_have_libcamera_camera()) {
    auto camera = open_libcamera("0", request);
    if (camera) return camera;
    PERCH_WARN("video", "msg=\"no camera by libcamera\" error=%s", in_quotes(camera.error().message()).c_str());
  }
  if (request.camera_only) return fail(Errc::kNotFound, "there is no camera that could be opened");
  PERCH_INFO("video", "msg=\"no camera found, showing the test pattern\"");
  return open_test_pattern(request, monotonic_now());
}

Opened open_file(const std::string& path, const SourceRequest& request) {
  if (path.ends_with(".y4m")) return open_y4m_file(path, request, monotonic_now());
  if (path.ends_with(".h264") || path.ends_with(".264")) return open_annexb_file(path, request, monotonic_now());
  return fail(Errc::kUnsupported, path + ": a file source is .y4m (raw 4:2:0) or .h264 (Annex B)");
}

bool node_lists_h264(const std::string& path, const SourceRequest& request) {
  const auto node = V4l2Device::open_node(path);
  if (!node) return false;
  constexpr bool kPreferH264 = true;
  const auto chosen = choose_format(node->offers(request.size, request.rate), request.size, request.rate, kPreferH264);
  return chosen && chosen->pixel == PixelFormat::kH264;
}

}  // namespace

bool may_have_h264(const std::string& source) {
  if (source.starts_with("file:")) return source.ends_with(".h264") || source.ends_with(".264");
  return source.starts_with("/") || source == "auto";
}

bool may_deliver_h264(const SourceRequest& request) {
  const std::string& name = request.source;
  if (!may_have_h264(name)) return false;
  if (name.starts_with("file:")) return true;
  if (name.starts_with("/")) return node_lists_h264(name, request);
  const auto nodes = list_video_nodes();
  return std::ranges::any_of(nodes, [&](const std::string& path) { return node_lists_h264(path, request); });
}

Opened open_video_source(const SourceRequest& request) {
  const std::string& name = request.source;
  if (name == "auto") return open_first_camera(request);
  if (name == "pattern") return open_test_pattern(request, monotonic_now());
  if (name.starts_with("file:")) return open_file(name.substr(5), request);
  if (name.starts_with("libcamera:")) return open_libcamera(name.substr(10), request);
  if (name.starts_with("/")) return open_v4l2_capture(name, request);
  return fail(Errc::kInvalid,
              "video source \"" + name + "\" is none of auto, pattern, /dev/videoN, libcamera:N, file:PATH");
}

}  // namespace perch::video
