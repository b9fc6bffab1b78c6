// See perchctl_words.hpp. One table of commands and one of options drive reading, usage lines, --help and the man page.
#include "agent/perchctl_words.hpp"

#include <algorithm>
#include <array>

#include "hal/base/log.hpp"
#include "hal/base/text.hpp"

namespace perch::agent {
namespace {

struct Option {
  std::string_view name;
  std::string_view value;  ///< what stands for it in usage lines; empty: takes none
  std::string_view meaning;
};
constexpr std::array<Option, 9> kOptions = {{
    {"rights", "RIGHTS", "some of watch,listen,talk,control; default: watch,listen"},
    {"expires", "TIME", "12h, 30d, 2w or never; default: never, and for rights what it was"},
    {"page", "URL", "where the page is; default: [access] page_url"},
    {"broker", "URL", "where browsers reach the broker; default: [broker] viewer_url"},
    {"json", "", "for programs"},
    {"config", "FILE", "perchd's configuration; default: /etc/perch/perch.toml"},
    {"socket", "PATH", "of the perchd to speak to; default: /run/perch/control.sock"},
    {"help", "", "of perchctl or of a command; also -h"},
    {"version", "", "of perchctl"},
}};

constexpr std::size_t kMany = 1000;

struct Command {
  std::string_view name;
  std::string_view operands;  ///< as usage lines show them
  std::size_t least;
  std::size_t most;
  std::string_view options;  ///< its own, blanks between them
  std::string_view meaning;
  bool asks = true;  ///< takes --json, --config and --socket as well
};
constexpr std::array<Command, 14> kCommands = {{
    {"status", "", 0, 0, "", "broker, camera, who may watch, viewers and how their networks do"},
    {"state", "", 0, 0, "", "what the camera tells everybody through the broker"},
    {"snapshot", "FILE.jpg", 1, 1, "", "a picture, now"},
    {"privacy", "[on|off]", 0, 1, "", "switch camera and microphone off, also over restarts; who watches is told"},
    {"drain", "", 0, 0, "", "take no new viewers and end with the last one"},
    {"metrics", "", 0, 0, "", "figures for Prometheus"},
    {"invite", "NAME", 1, 1, "rights expires page broker",
     "lets somebody in: prints the link to hand over, and a QR code"},
    {"link", "NAME", 1, 1, "page broker", "shows the link of an invitation again"},
    {"viewers", "", 0, 0, "", "who is invited, to what, until when, and who watches"},
    {"rights", "NAME [RIGHTS]", 1, 2, "expires", "changes what somebody may do, or until when; sessions begin anew"},
    {"revoke", "NAME", 1, 1, "", "ends somebody's sessions and deletes the key"},
    {"controls", "[NAME=VALUE]...", 0, kMany, "",
     "what can be set on the camera, as brightness or focus; or sets it until perchd ends"},
    {"keys", "", 0, 0, "", "every configuration key with its default and meaning", false},
    {"check", "FILE", 1, 1, "", "report every mistake in a configuration file", false},
}};

constexpr std::string_view kCommonOptions = "json config socket";

template <class Table>
const typename Table::value_type* find(const Table& table, std::string_view name) {
  const auto* found = std::find_if(table.begin(), table.end(), [&](const auto& one) { return one.name == name; });
  return found == table.end() ? nullptr : found;
}

template <class Table>
std::optional<std::string_view> closest(const Table& table, std::string_view name) {
  std::vector<std::string_view> names;
  names.reserve(table.size());
  for (const auto& one : table) names.push_back(one.name);
  return closest_word(name, names);
}

bool names(std::string_view list, std::string_view name) {
  const auto parts = split(list, ' ');
  return std::find(parts.begin(), parts.end(), name) != parts.end();
}

bool takes(const Command& command, std::string_view option) {
  return option == "help" || option == "version" || names(command.options, option) ||
         (command.asks && names(kCommonOptions, option));
}

std::string shown(const Option& option) {
  std::string text = "--" + std::string(option.name);
  return option.value.empty() ? text : text.append(" ").append(option.value);
}

/// "perchctl invite NAME [--rights RIGHTS]": with those options that `wanted` likes.
template <class F>
std::string synopsis(const Command& command, F wanted) {
  std::string text = "perchctl " + std::string(command.name);
  if (!command.operands.empty()) text.append(" ").append(command.operands);
  for (const Option& option : kOptions)
    if (wanted(option.name)) text.append(" [").append(shown(option)).append("]");
  return text;
}

std::string usage_of(const Command& command) {
  const auto worth_naming = [&](std::string_view name) {
    return name != "help" && name != "version" && takes(command, name);
  };
  return "usage: " + synopsis(command, worth_naming) + '\n';
}

/// Two columns; the second begins on the next line where the first is too long.
std::string row(std::string left, std::size_t width, std::string_view right) {
  left.insert(0, "  ");
  if (left.size() + 2 > width) left.append("\n").append(width, ' ');
  const std::size_t line = left.rfind('\n') + 1;  // 0 without one
  left.resize(std::max(left.size(), line + width), ' ');
  return left.append(right).append("\n");
}

std::string rows_of_options(const Command* command) {
  constexpr std::size_t kWidth = 19;
  std::string rows;
  for (const Option& option : kOptions)
    if (command != nullptr ? takes(*command, option.name) && option.name != "version" : option.name != "version")
      rows += row(shown(option), kWidth, option.meaning);
  return rows;
}

/// A line of complaint.
std::string line(const std::string& words) { return "perchctl: " + words + '\n'; }

std::string unknown_command(const std::string& name) {
  const auto near = closest(kCommands, name);
  const std::string guess = near ? ": did you mean " + std::string(*near) + "?" : "";
  return line("unknown command " + in_quotes(name) + guess) + "perchctl --help names all there are\n";
}

std::string unknown_option(const std::string& name) {
  const auto near = closest(kOptions, name);
  return "unknown option " + in_quotes("--" + name) + (near ? ": did you mean --" + std::string(*near) + "?" : "");
}

/// Takes the option at `words[at]`, and its value where that is a word of its own.
Result<void> take_option(const std::vector<std::string>& words, std::size_t& at, PerchctlCall& call) {
  const std::string& word = words[at];
  if (word == "-h") return call.options.emplace("help", ""), Result<void>();
  if (!word.starts_with("--")) return fail(Errc::kInvalid, "unknown option " + in_quotes(word));
  const std::size_t equals = word.find('=');
  const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
  const Option* option = find(kOptions, name);
  if (option == nullptr) return fail(Errc::kInvalid, unknown_option(name));
  const bool attached = equals != std::string::npos;
  if (option->value.empty() && attached) return fail(Errc::kInvalid, "--" + name + " takes no value");
  if (!option->value.empty() && !attached && at + 1 == words.size())
    return fail(Errc::kInvalid, "--" + name + " needs a value: " + shown(*option));
  std::string& value = call.options[name];
  if (attached)
    value = word.substr(equals + 1);
  else if (!option->value.empty())
    value = words[++at];
  return {};
}

/// What is wrong with a call whose words are all known; empty: nothing.
std::string mistake_in(const PerchctlCall& call, const Command& command) {
  for (const auto& [name, value] : call.options)
    if (!takes(command, name)) return line(call.command + " takes no --" + name) + usage_of(command);
  const std::size_t count = call.operands.size();
  return count < command.least || count > command.most ? usage_of(command) : "";
}

}  // namespace

Result<PerchctlCall> parse_perchctl(const std::vector<std::string>& words) {
  PerchctlCall call;
  std::string mistake;  // the first: it is told with the usage of its command, which may stand behind it
  bool only_operands = false;
  for (std::size_t i = 0; i < words.size() && mistake.empty(); ++i) {
    if (words[i] == "--" && !only_operands) {
      only_operands = true;
    } else if (words[i].starts_with("-") && !only_operands) {
      if (const auto taken = take_option(words, i, call); !taken) mistake = taken.error().message();
    } else {
      call.operands.push_back(words[i]);
    }
  }
  if (!call.operands.empty() && call.operands.front() == "help") {
    call.operands.erase(call.operands.begin());
    call.options.emplace("help", "");
  }
  if (!call.operands.empty()) {
    call.command = call.operands.front();
    call.operands.erase(call.operands.begin());
  }
  const Command* command = find(kCommands, call.command);
  if (!call.command.empty() && command == nullptr) return fail(Errc::kInvalid, unknown_command(call.command));
  const std::string where = command != nullptr ? usage_of(*command) : "perchctl --help names all there are\n";
  if (!mistake.empty()) return fail(Errc::kInvalid, line(mistake) + where);
  if (call.has("help") || call.has("version")) return call;
  if (command == nullptr) return fail(Errc::kInvalid, perchctl_help());
  if (std::string wrong = mistake_in(call, *command); !wrong.empty()) return fail(Errc::kInvalid, std::move(wrong));
  return call;
}

std::string perchctl_usage(std::string_view command) { return usage_of(*find(kCommands, command)); }

std::string perchctl_help(std::string_view command) {
  const Command& known = *find(kCommands, command);
  std::string text = usage_of(known) + '\n' + std::string(known.meaning) + "\n\n";
  return text + rows_of_options(&known);
}

std::string perchctl_help() {
  constexpr std::size_t kWidth = 33;
  std::string text = "perchctl: looks after a Perch camera\n\n";
  for (const Command& command : kCommands) {
    const auto own = [&](std::string_view option) { return names(command.options, option); };
    text += row(synopsis(command, own), kWidth, command.meaning);
  }
  text += "  perchctl --version | --help\n\n";
  return text + rows_of_options(nullptr) +
         "\nEvery command but keys and check takes --json, --config and --socket; perchctl COMMAND --help tells "
         "more.\n";
}

}  // namespace perch::agent
