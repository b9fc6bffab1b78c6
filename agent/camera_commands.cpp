#include "agent/camera_commands.hpp"

#include "hal/base/log.hpp"
#include "signaling/json.hpp"
#include "signaling/json_writer.hpp"

namespace perch::agent {
namespace {

using signaling::JsonView;
using signaling::JsonWriter;

std::string text_of(const JsonView& request, const char* name) {
  const auto value = request.member(name);
  return std::string(value ? value->as_text().value_or("") : "");
}

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

}  // namespace

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

void CameraCommands::handle(const std::string& request, ControlSocket::Reply reply) {
  const auto document = signaling::JsonDocument::parse(request);
  if (!document) return reply(write_error(document.error()));
  const std::string command = text_of(document->root(), "command");
  if (command == "controls") return list(std::move(reply));
  if (command == "set_control")
    return set(text_of(document->root(), "name"), text_of(document->root(), "value"), std::move(reply));
  reply(write_error({Errc::kUnsupported, "unknown command " + in_quotes(command), 0}));
}

void CameraCommands::list(ControlSocket::Reply reply) {
  work(
      [source = source_] {
        const auto controls = video::list_camera_controls(source);
        return controls ? write_controls(*controls) : write_error(controls.error());
      },
      std::move(reply));
}

void CameraCommands::set(std::string name, std::string value, ControlSocket::Reply reply) {
  work(
      [this, name = std::move(name), value = std::move(value)] {
        const auto done = video::set_camera_control(source_, name, value);
        if (!done) return write_error(done.error());
        ctl_.post([this, setting = name + '=' + value] { on_set_(setting); });
        return write_ok();
      },
      std::move(reply));
}

void CameraCommands::work(std::function<std::string()> ask, ControlSocket::Reply reply) {
  if (busy_) return reply(write_error({Errc::kBusy, "the camera is being asked already, try again", 0}));
  busy_ = true;
  worker_ = Thread("controls", [this, ask = std::move(ask), reply = std::move(reply)] {
    ctl_.post([this, reply, line = ask()] {
      busy_ = false;
      reply(line);
    });
  });
}

}  // namespace perch::agent
