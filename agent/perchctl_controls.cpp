#include "agent/perchctl_controls.hpp"

#include <algorithm>
#include <cstdio>

#include "agent/control_client.hpp"
#include "agent/json_fields.hpp"
#include "hal/base/log.hpp"
#include "signaling/json_writer.hpp"

namespace perch::agent {
namespace {

using signaling::JsonView;
using signaling::JsonWriter;

std::string range_of(const JsonView& control) {
  const auto items = control.member("items");
  std::string list;
  for (const JsonView& item : items ? items->items() : std::vector<JsonView>{})
    list += (list.empty() ? "" : ", ") + number_of(item, "value") + " " + text_of(item, "label");
  if (!list.empty()) return list;
  const std::string kind = text_of(control, "kind");
  if (kind == "boolean") return "0 or 1";
  if (kind == "button") return "press with =1";
  const std::string step = number_of(control, "step");
  return number_of(control, "min") + " to " + number_of(control, "max") + (step == "1" ? "" : " in steps of " + step);
}

std::string note_of(const JsonView& control) {
  if (flag_of(control, "read_only")) return "  (read-only)";
  return flag_of(control, "inactive") ? "  (no effect now)" : "";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

Result<void> set_control(const std::string& socket_path, const std::string& setting) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string::npos) return fail(Errc::kInvalid, in_quotes(setting) + " is not NAME=VALUE");
  JsonWriter request;
  request.begin_object().member("command", "set_control").member("name", setting.substr(0, equals));
  request.member("value", setting.substr(equals + 1)).end_object();
  const auto answer = ask_daemon(socket_path, request.take());
  if (!answer) return fail(answer.error());
  const auto parsed = parse_answer(*answer);
  return parsed ? Result<void>{} : Result<void>(fail(parsed.error()));
}

Result<std::string> list_controls(const std::string& socket_path, bool json) {
  auto answer = ask_daemon(socket_path, R"({"command":"controls"})");
  if (!answer || json) return answer ? Result<std::string>(*answer + '\n') : answer;
  return controls_table(*answer);
}

int complain(const Error& error) {
  std::fprintf(stderr, "perchctl: %s\n", error.message().c_str());
  return 1;
}

}  // namespace

Result<std::string> controls_table(const std::string& answer) {
  const auto document = parse_answer(answer);
  if (!document) return fail(document.error());
  const auto list = document->root().member("controls");
  std::string table = padded("control", 32) + padded("value", 10) + padded("default", 10) + "range\n";
  for (const JsonView& control : list ? list->items() : std::vector<JsonView>{}) {
    table += padded(text_of(control, "name"), 31) + ' ' + padded(number_of(control, "value"), 9) + ' ';
    table += padded(number_of(control, "default"), 9) + ' ' + range_of(control) + note_of(control) + '\n';
  }
  return table;
}

int run_controls(const std::string& socket_path, const std::vector<std::string>& settings, bool json) {
  for (const std::string& setting : settings)
    if (const auto done = set_control(socket_path, setting); !done) return complain(done.error());
  if (!settings.empty()) {
    if (json) std::puts(R"({"ok":true})");
    return 0;
  }
  const auto text = list_controls(socket_path, json);
  if (!text) return complain(text.error());
  std::fputs(text->c_str(), stdout);
  return 0;
}

}  // namespace perch::agent
