#include "agent/camera_commands.hpp"

#include "agent/json_fields.hpp"
#include "hal/base/log.hpp"
#include "signaling/json_writer.hpp"

namespace perch::agent {
namespace {

using signaling::JsonWriter;

std::string write_ok() {
  JsonWriter out;
  return out.begin_object().member("ok", true).end_object().take();
}

void write_control(JsonWriter& out, const video::CameraControl& control) {
  out.begin_object().member("name", control.name).member("label", control.label);
  out.member("kind", video::to_string(control.kind)).member("min", control.min).member("max", control.max);
  out.member("step", control.step).member("default", control.default_value).member("value", control.value);
  out.begin_array("items");
  for (const auto& item : control.items)
    out.begin_object().member("value", item.value).member("label", item.label).end_object();
  out.end_array();
  out.member("read_only", control.read_only).member("inactive", control.inactive).end_object();
}

Error too_busy() { return {Errc::kBusy, "the camera is being asked already, try again", 0}; }

/// Sealed and in base64 it has to fit into PROTOCOL.md's 64 KiB. Words of drivers are short: 32 bytes each.
constexpr std::size_t kMaxControls = 96;
constexpr std::size_t kMaxItems = 32;
constexpr std::size_t kMaxReport = 40'000;  // [bytes], as JSON

signaling::ControlDescription description_of(const video::CameraControl& control) {
  signaling::ControlDescription out{control.name, control.label, video::to_string(control.kind)};
  out.min = control.min;
  out.max = control.max;
  out.step = control.step;
  out.default_value = control.default_value;
  out.value = control.value;
  for (const auto& item : control.items)
    if (out.items.size() < kMaxItems) out.items.emplace_back(item.value, item.label);
  out.read_only = control.read_only;
  out.inactive = control.inactive;
  return out;
}

/// A generous guess of its length in JSON.
std::size_t size_of(const signaling::ControlDescription& control) {
  std::size_t size = 300 + control.name.size() + control.label.size();
  for (const auto& [value, label] : control.items) size += 50 + label.size();
  return size;
}

}  // namespace

signaling::ControlReport control_report(const Result<std::vector<video::CameraControl>>& controls,
                                        const Result<void>& set) {
  signaling::ControlReport report;
  if (!set) report.error = set.error().message();
  if (!controls) {
    if (report.error.empty()) report.error = controls.error().message();
    return report;
  }
  std::size_t size = 0;
  for (const video::CameraControl& control : *controls) {
    auto one = description_of(control);
    size += size_of(one);
    if (size > kMaxReport || report.controls.size() == kMaxControls) break;
    report.controls.push_back(std::move(one));
  }
  return report;
}

std::string write_error(const Error& error) {
  JsonWriter out;
  return out.begin_object().member("ok", false).member("error", error.message()).end_object().take();
}

std::string write_controls(const std::vector<video::CameraControl>& controls) {
  JsonWriter out;
  out.begin_object().member("ok", true).begin_array("controls");
  for (const video::CameraControl& control : controls) write_control(out, control);
  return out.end_array().end_object().take();
}

void CameraCommands::handle(const std::string& request, const ControlSocket::Reply& reply) {
  const auto document = signaling::JsonDocument::parse(request);
  if (!document) return reply(write_error(document.error()));
  const std::string command = text_of(document->root(), "command");
  if (command == "controls") return list(reply);
  if (command == "set_control")
    return set(text_of(document->root(), "name"), text_of(document->root(), "value"), reply);
  reply(write_error({Errc::kUnsupported, "unknown command " + in_quotes(command), 0}));
}

void CameraCommands::list(const ControlSocket::Reply& reply) {
  work_line(
      [source = source_] {
        const auto controls = video::list_camera_controls(source);
        return controls ? write_controls(*controls) : write_error(controls.error());
      },
      reply);
}

void CameraCommands::set(std::string name, std::string value, const ControlSocket::Reply& reply) {
  work_line(
      [this, name = std::move(name), value = std::move(value)] {
        const auto done = video::set_camera_control(source_, name, value);
        if (!done) return write_error(done.error());
        ctl_.post([this, setting = name + '=' + value] { on_set_(setting); });
        return write_ok();
      },
      reply);
}

void CameraCommands::handle(signaling::ControlRequest request,
                            const std::function<void(signaling::ControlReport)>& reply) {
  const bool taken = work([this, request = std::move(request), reply] {
    Result<void> set;
    const std::string value = std::to_string(request.value);
    if (!request.name.empty()) set = video::set_camera_control(source_, request.name, value);
    if (set && !request.name.empty()) ctl_.post([this, setting = request.name + '=' + value] { on_set_(setting); });
    return [reply, report = control_report(video::list_camera_controls(source_), set)] { reply(report); };
  });
  if (!taken) reply({{}, too_busy().message()});
}

void CameraCommands::work_line(std::function<std::string()> ask, const ControlSocket::Reply& reply) {
  const bool taken = work([ask = std::move(ask), reply] { return [reply, line = ask()] { reply(line); }; });
  if (!taken) reply(write_error(too_busy()));
}

bool CameraCommands::work(std::function<Answer()> ask) {
  if (waiting_.size() == kMaxWaiting) return false;
  waiting_.push_back(std::move(ask));
  if (waiting_.size() == 1) begin();
  return true;
}

void CameraCommands::begin() {
  worker_ = Thread("controls", [this, ask = waiting_.front()] {
    ctl_.post([this, answer = ask()] {
      answer();
      waiting_.pop_front();
      if (!waiting_.empty()) begin();
    });
  });
}

}  // namespace perch::agent
