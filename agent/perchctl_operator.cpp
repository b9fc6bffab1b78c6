#include "agent/perchctl_operator.hpp"

#include <cstdio>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>

#include "agent/config.hpp"
#include "agent/control_client.hpp"
#include "agent/json_fields.hpp"
#include "hal/base/log.hpp"
#include "signaling/json_writer.hpp"

namespace perch::agent {
namespace {

using signaling::JsonView;
using signaling::JsonWriter;

struct Call {
  std::string socket;
  bool json = false;
  std::string operand;  ///< empty: none
};

std::string request_for(const std::string& command, const std::string& set = "") {
  JsonWriter out;
  out.begin_object().member("command", command);
  if (!set.empty()) out.member("set", set);
  return out.end_object().take();
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string row(const std::string& name, const std::string& value) { return padded(name, 14) + value + '\n'; }

std::string broker_words(const JsonView& broker) {
  const std::string address = text_of(broker, "address");
  if (flag_of(broker, "connected")) return "connected to " + address;
  const std::string trouble = text_of(broker, "trouble");
  return "not connected to " + address + (trouble.empty() ? "" : ": " + trouble);
}

std::string viewer_words(const JsonView& viewer) {
  std::string line = "  " + padded(text_of(viewer, "viewer") + '/' + text_of(viewer, "session"), 30) + ' ';
  line += flag_of(viewer, "connected") ? "for " + number_of(viewer, "since_s") + " s" : "connecting";
  if (flag_of(viewer, "sound")) line += ", listens";
  if (!viewer.member("packets")) return line + '\n';
  const std::string estimate = std::to_string(viewer.member("estimate_bps")->as_integer().value_or(0) / 1000);
  return line + ", " + text_of(viewer, "tier") + ", " + estimate + " kbit/s, rtt " + number_of(viewer, "rtt_ms") +
         " ms, lost " + number_of(viewer, "lost_per_mille") + " per mille\n";
}

/// Who can watch, with the way out where nobody can.
std::string access_words(const JsonView& access) {
  const std::string mode = text_of(access, "mode");
  if (mode == "broker") return mode + ": whom its logins and rules let publish";
  if (mode != "sealed") return mode + ": who can publish at the broker";
  const std::string invited = number_of(access, "invited");
  const std::string may_watch = number_of(access, "may_watch");
  if (invited == "0") return mode + ", nobody is invited yet: perchctl invite NAME";
  if (invited == may_watch) return mode + ", " + invited + " invited";
  return mode + ", " + invited + " invited, " + (may_watch == "0" ? "none" : may_watch) +
         " of them may watch just now: perchctl viewers";
}

Result<std::string> ask(const Call& call, const std::string& request, const char* field) {
  auto answer = ask_daemon(call.socket, request);
  if (!answer) return answer;
  const auto parsed = parse_answer(*answer);
  if (!parsed) return fail(parsed.error());
  return call.json ? *answer : text_of(parsed->root(), field);
}

Result<std::string> status(const Call& call) {
  const auto answer = ask_daemon(call.socket, request_for("status"));
  return !answer || call.json ? answer : status_text(*answer);
}

Result<std::string> privacy(const Call& call) { return ask(call, request_for("privacy", call.operand), "privacy"); }

Result<std::string> snapshot(const Call& call) {
  auto jpeg = ask_for_bytes(call.socket, request_for("snapshot"));
  if (!jpeg) return jpeg;
  std::ofstream file(call.operand, std::ios::binary | std::ios::trunc);
  file << *jpeg;
  file.close();
  if (!file) return fail_errno("cannot write " + in_quotes(call.operand));
  if (!call.json) return std::to_string(jpeg->size()) + " bytes in " + call.operand;
  JsonWriter out;
  out.begin_object().member("ok", true).member("bytes", static_cast<std::uint64_t>(jpeg->size()));
  return out.member("file", call.operand).end_object().take();
}

struct Command {
  const char* name;
  std::function<Result<std::string>(const Call&)> run;
};

const std::array<Command, 6>& commands() {
  static const std::array<Command, 6> all{{
      {"status", status},
      {"state", [](const Call& call) { return ask(call, request_for("state"), "state"); }},
      {"metrics", [](const Call& call) { return ask(call, request_for("metrics"), "metrics"); }},
      {"snapshot", snapshot},
      {"privacy", privacy},
      {"drain", [](const Call& call) { return ask(call, request_for("drain"), "drain"); }},
  }};
  return all;
}

int complain(const Error& error) {
  std::fprintf(stderr, "perchctl: %s\n", error.message().c_str());
  return error.code == Errc::kInvalid ? 2 : 1;
}

}  // namespace

Result<std::string> status_text(const std::string& answer) {
  const auto document = parse_answer(answer);
  if (!document) return fail(document.error());
  const JsonView root = document->root();
  std::string text = row("camera", text_of(root, "id") + " (" + text_of(root, "name") + ")");
  text += row("version", text_of(root, "version") + ", up for " + number_of(root, "uptime_s") + " s, " +
                             number_of(root, "resident_kb") + " kB");
  if (const auto broker = root.member("broker")) text += row("broker", broker_words(*broker));
  const std::string detail = text_of(root, "camera_detail");
  text += row("picture", text_of(root, "camera") + (detail.empty() ? "" : ": " + detail));
  text += row("microphone", text_of(root, "microphone"));
  if (flag_of(root, "draining")) text += row("draining", "takes no new viewers, ends with the last");
  const auto waiting = root.member("needs_restart");
  for (const JsonView& key : waiting ? waiting->items() : std::vector<JsonView>{})
    text += row("needs restart", std::string(key.as_text().value_or("")));
  const auto viewers = root.member("viewers");
  const auto list = viewers ? viewers->items() : std::vector<JsonView>{};
  if (const auto access = root.member("access")) text += row("access", access_words(*access));
  text += row("viewers", std::to_string(list.size()) + " of " + number_of(root, "max_viewers"));
  for (const JsonView& viewer : list) text += viewer_words(viewer);
  text.pop_back();
  return text;
}

int run_operator(const PerchctlCall& call, const std::string& socket) {
  for (const Command& command : commands()) {
    if (call.command != command.name) continue;
    const auto text = command.run({socket, call.has("json"), call.operands.empty() ? "" : call.operands.front()});
    if (!text) return complain(text.error());
    std::printf("%s\n", text->c_str());
    return 0;
  }
  return complain({Errc::kInternal, call.command + " is nothing to ask perchd", 0});
}

}  // namespace perch::agent
