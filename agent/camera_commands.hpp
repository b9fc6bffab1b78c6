// What perchctl asks of the camera: its controls, listed and set.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/control_socket.hpp"
#include "hal/base/thread.hpp"
#include "hal/video/camera_controls.hpp"

namespace perch::agent {

/// `{"ok":false,"error":"…"}`
[[nodiscard]] std::string write_error(const Error& error);
/// `{"ok":true,"controls":[{"name":…,"kind":…,"min":…}]}`
[[nodiscard]] std::string write_controls(const std::vector<video::CameraControl>& controls);

/// Answers `{"command":"controls"}` and `{"command":"set_control","name":"brightness","value":"128"}`. Thread: ctl; the
/// driver is asked on a thread of its own, because a camera on a USB bus takes its time.
class CameraCommands {
 public:
  /// `on_set("brightness=128")`, on ctl, after a control was set.
  CameraCommands(EventLoop& ctl, std::string source, std::function<void(const std::string&)> on_set)
      : ctl_(ctl), source_(std::move(source)), on_set_(std::move(on_set)) {}

  void handle(const std::string& request, ControlSocket::Reply reply);

 private:
  void list(ControlSocket::Reply reply);
  void set(std::string name, std::string value, ControlSocket::Reply reply);
  /// Runs `ask` beside the loop, then hands its line to `reply` on ctl.
  void work(std::function<std::string()> ask, ControlSocket::Reply reply);

  EventLoop& ctl_;
  const std::string source_;
  const std::function<void(const std::string&)> on_set_;
  bool busy_ = false;
  Thread worker_;
};

}  // namespace perch::agent
