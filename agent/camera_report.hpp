// What the log says about the camera: one line per change.
#pragma once

#include "media/codec/video_pipeline.hpp"

namespace perch::agent {

/// Tells an opened camera from one whose pictures changed with the network. Thread: ctl.
class CameraReport {
 public:
  void on_started(const codec::PipelineStarted& started);
  void on_lost(const Error& error);
  void on_closed() { open_.reset(); }

 private:
  std::optional<codec::PipelineStarted> open_;
};

}  // namespace perch::agent
