#include "agent/operator_commands.hpp"

#include "agent/camera_commands.hpp"
#include "agent/json_fields.hpp"
#include "agent/metrics.hpp"
#include "hal/base/log.hpp"
#include "signaling/json_writer.hpp"

namespace perch::agent {
namespace {

using signaling::JsonWriter;

std::string with_text(const char* name, const std::string& text) {
  JsonWriter out;
  return out.begin_object().member("ok", true).member(name, text).end_object().take();
}

}  // namespace

bool OperatorCommands::handle(const std::string& request, const ControlSocket::Reply& reply) {
  if (request == "metrics") return tell_metrics(reply, true), true;
  const auto document = signaling::JsonDocument::parse(request);
  if (!document) return false;
  const std::string command = text_of(document->root(), "command");
  if (command == "status") return tell_status(reply), true;
  if (command == "metrics") return tell_metrics(reply, false), true;
  if (command == "state") return reply(with_text("state", hooks_.state())), true;
  if (command == "snapshot") return tell_snapshot(reply), true;
  if (command == "privacy") return switch_privacy(text_of(document->root(), "set"), reply), true;
  if (command != "drain") return false;
  reply(with_text("drain", "begun"));
  hooks_.drain();
  return true;
}

void OperatorCommands::tell_status(const ControlSocket::Reply& reply) {
  hooks_.status([reply](const AgentStatus& status) { reply(write_status(status)); });
}

void OperatorCommands::tell_metrics(const ControlSocket::Reply& reply, bool plain) {
  hooks_.status([reply, plain](const AgentStatus& status) {
    std::string text = write_metrics(status);
    if (!plain) return reply(with_text("metrics", text));
    text.pop_back();  // the line end that every answer gets
    reply(text);
  });
}

void OperatorCommands::tell_snapshot(const ControlSocket::Reply& reply) {
  if (hooks_.privacy())
    return reply(write_error({Errc::kPermission, "privacy is on: perchctl privacy off ends it", 0}));
  hooks_.snapshot([reply](const Result<Bytes>& jpeg) {
    if (!jpeg) return reply(write_error(jpeg.error()));
    JsonWriter out;
    out.begin_object().member("ok", true).member("bytes", static_cast<std::uint64_t>(jpeg->size())).end_object();
    reply(out.take() + '\n' + std::string(jpeg->begin(), jpeg->end()));
  });
}

void OperatorCommands::switch_privacy(const std::string& wanted, const ControlSocket::Reply& reply) {
  if (wanted != "on" && wanted != "off" && !wanted.empty())
    return reply(write_error({Errc::kInvalid, "privacy is on or off, not " + in_quotes(wanted), 0}));
  const auto done = wanted.empty() ? Result<void>() : hooks_.set_privacy(wanted == "on");
  if (!done) return reply(write_error(done.error()));
  reply(with_text("privacy", hooks_.privacy() ? "on" : "off"));
}

}  // namespace perch::agent
