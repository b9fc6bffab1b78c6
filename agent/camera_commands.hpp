// What perchctl asks of the camera: its controls, listed and set.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "agent/control_socket.hpp"
#include "hal/base/thread.hpp"
#include "hal/video/camera_controls.hpp"
#include "signaling/messages.hpp"

namespace perch::agent {

/// `{"ok":false,"error":"…"}`
[[nodiscard]] std::string write_error(const Error& error);
/// `{"ok":true,"controls":[{"name":…,"kind":…,"min":…}]}`
[[nodiscard]] std::string write_controls(const std::vector<video::CameraControl>& controls);

/// The same for a viewer's page. What does not fit into one message is left out.
[[nodiscard]] signaling::ControlReport control_report(const Result<std::vector<video::CameraControl>>& controls,
                                                      const Result<void>& set);

/// Answers `{"command":"controls"}` and `{"command":"set_control","name":"brightness","value":"128"}`. Thread: ctl; the
/// driver is asked on a thread of its own, because a camera on a USB bus takes its time.
class CameraCommands {
 public:
  /// `on_set("brightness=128")`, on ctl, after a control was set.
  CameraCommands(EventLoop& ctl, std::string source, std::function<void(const std::string&)> on_set)
      : ctl_(ctl), source_(std::move(source)), on_set_(std::move(on_set)) {}

  void handle(const std::string& request, const ControlSocket::Reply& reply);
  /// What an invited viewer asks from afar; `reply` is called on ctl.
  void handle(signaling::ControlRequest request, const std::function<void(signaling::ControlReport)>& reply);

 private:
  void list(const ControlSocket::Reply& reply);
  void set(std::string name, std::string value, const ControlSocket::Reply& reply);
  /// Runs `ask` beside the loop, one at a time; what it returns is run on ctl. False when too many wait already.
  using Answer = std::function<void()>;
  [[nodiscard]] bool work(std::function<Answer()> ask);
  void work_line(std::function<std::string()> ask, const ControlSocket::Reply& reply);
  void begin();
  static constexpr std::size_t kMaxWaiting = 16;

  EventLoop& ctl_;
  const std::string source_;
  const std::function<void(const std::string&)> on_set_;
  std::deque<std::function<Answer()>> waiting_;  ///< the first is being asked
  Thread worker_;
};

}  // namespace perch::agent
