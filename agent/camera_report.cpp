#include "agent/camera_report.hpp"

#include "hal/base/log.hpp"

namespace perch::agent {
namespace {

constexpr char kModule[] = "camera";

double fps_of(const codec::PipelineStarted& started) {
  return started.stream.fps > 0 ? started.stream.fps : started.format.rate.per_second();
}

}  // namespace

void CameraReport::on_started(const codec::PipelineStarted& started) {
  const codec::StreamDescription& stream = started.stream;
  if (open_ && open_->source == started.source && open_->format == started.format) {
    PERCH_INFO(kModule, "state=adapted size=%dx%d fps=%.2f from=%dx%d from_fps=%.2f", stream.size.width,
               stream.size.height, fps_of(started), open_->stream.size.width, open_->stream.size.height,
               fps_of(*open_));
  } else {
    PERCH_INFO(kModule, "state=open source=%s format=%s size=%dx%d fps=%.2f encoder=%s profile=%s why=%s",
               in_quotes(started.source).c_str(), video::to_string(started.format.pixel), stream.size.width,
               stream.size.height, fps_of(started), in_quotes(stream.encoder).c_str(), stream.profile_level_id.c_str(),
               in_quotes(stream.reason).c_str());
  }
  open_ = started;
}

void CameraReport::on_lost(const Error& error) {
  open_.reset();
  PERCH_WARN(kModule, "state=lost reason=%s", in_quotes(error.message()).c_str());
}

}  // namespace perch::agent
