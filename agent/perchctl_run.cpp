// See perchctl_run.hpp.
#include "agent/perchctl_run.hpp"

#include <cstdio>

#include <optional>

#include "agent/config_sources.hpp"
#include "agent/perchctl_controls.hpp"
#include "agent/perchctl_operator.hpp"
#include "agent/perchctl_viewers.hpp"
#include "agent/perchctl_words.hpp"

namespace perch::agent {
namespace {

constexpr int kWrongWords = 2;

int say(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return 0;
}

int check(const std::string& path) {
  const ConfigFile file = load_configuration({.file = path, .credentials_dir = {}, .flags = {}});
  for (const std::string& error : file.errors) std::fprintf(stderr, "%s\n", error.c_str());
  return file.errors.empty() ? 0 : 1;
}

/// Commands that only speak to perchd take its configuration, too: of that, where it listens. Nothing: it has mistakes.
std::optional<std::string> socket_for(const PerchctlCall& call) {
  if (call.has("socket")) return call.value("socket");
  if (!call.has("config")) return kDefaultControlSocket;
  ConfigFile file = load_configuration({.file = call.value("config"), .credentials_dir = {}, .flags = {}});
  for (const std::string& error : file.errors) std::fprintf(stderr, "perchctl: %s\n", error.c_str());
  if (!file.errors.empty()) return std::nullopt;
  return std::move(file.config.control.socket);
}

int ask_perchd(const PerchctlCall& call) {
  const auto socket = socket_for(call);
  if (!socket) return 1;
  if (call.command == "controls") return run_controls(*socket, call.operands, call.has("json"));
  return run_operator(call, *socket);
}

}  // namespace

int run_perchctl(const std::vector<std::string>& words) {
  const auto call = parse_perchctl(words);
  if (!call) {
    std::fputs(call.error().context.c_str(), stderr);
    return kWrongWords;
  }
  if (call->has("version")) return say("perchctl " PERCH_VERSION "\n");
  if (call->has("help")) return say(call->command.empty() ? perchctl_help() : perchctl_help(call->command));
  if (call->command == "keys") return say(key_table());
  if (call->command == "check") return check(call->operands.front());
  return is_viewer_command(call->command) ? run_viewer_command(*call) : ask_perchd(*call);
}

}  // namespace perch::agent
