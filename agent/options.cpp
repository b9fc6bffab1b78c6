#include "agent/options.hpp"

#include <getopt.h>

#include <array>
#include <vector>

#include "hal/base/log.hpp"

namespace perch::agent {
namespace {

enum Letter : int { kConfig = 'c', kHelp = 'h', kVersion = 'V', kCheck = 1000, kPrint };

const std::array<option, 6> kLongOptions{{{"config", required_argument, nullptr, kConfig},
                                          {"check-config", no_argument, nullptr, kCheck},
                                          {"print-config", no_argument, nullptr, kPrint},
                                          {"version", no_argument, nullptr, kVersion},
                                          {"help", no_argument, nullptr, kHelp},
                                          {nullptr, 0, nullptr, 0}}};

/// Takes `--video.width=640` and `--video.width 640` out of the words, wherever they stand.
Result<std::vector<char*>> take_flags(const std::vector<char*>& words, ConfigSources& sources) {
  std::vector<char*> rest;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    if (!name.starts_with("--") || name.find('.') == std::string_view::npos) {
      rest.push_back(words[i]);
      continue;
    }
    const std::string dotted(name.substr(2));
    if (equals == std::string_view::npos && i + 1 == words.size())
      return fail(Errc::kInvalid, std::string(word) + " needs a value");
    const std::string value(equals == std::string_view::npos ? words[++i] : word.substr(equals + 1));
    sources.flags.emplace_back(dotted, value);
  }
  return rest;
}

std::string key_help() {
  Config defaults;
  std::string lines;
  for (const ConfigKey& key : config_keys()) {
    const std::string unit = *key.unit == '\0' ? "" : " [" + std::string(key.unit) + "]";
    lines += std::string("  --") + key.section + '.' + key.name + "=" + shown_value(key, defaults) + unit + "\n      " +
             key.help + '\n';
  }
  return lines;
}

}  // namespace

Result<Options> parse_options(int argc, char** argv) {
  Options options;
  auto words = take_flags({argv, argv + argc}, options.sources);
  if (!words) return fail(std::move(words.error()));
  words->push_back(nullptr);
  argc = static_cast<int>(words->size()) - 1;
  argv = words->data();
  optind = 0;  // getopt's own state, so that tests may call this twice
  opterr = 0;
  for (;;) {
    const int letter = ::getopt_long(argc, argv, ":c:hV", kLongOptions.data(), nullptr);
    if (letter == -1) break;
    switch (letter) {
      case kConfig: options.sources.file = optarg; break;
      case kCheck: options.action = Options::Action::kCheckConfig; break;
      case kPrint: options.action = Options::Action::kPrintConfig; break;
      case kVersion: options.action = Options::Action::kVersion; break;
      case kHelp: options.action = Options::Action::kHelp; break;
      case ':': return fail(Errc::kInvalid, std::string(argv[optind - 1]) + " needs a value");
      default: return fail(Errc::kInvalid, "unknown option " + in_quotes(argv[optind - 1]) + ", see --help");
    }
  }
  if (optind < argc) return fail(Errc::kInvalid, "unexpected argument " + in_quotes(argv[optind]) + ", see --help");
  return options;
}

std::string help_text() {
  return std::string(
             "perchd: lets invited people watch this board's camera in a browser\n\n"
             "  perchd [--config FILE]        run in the foreground, log to stderr\n"
             "  perchd --check-config         report every mistake in the configuration; exit 0 when there is none\n"
             "  perchd --print-config         show the configuration in force: what each key means, where it was set\n"
             "  perchd --version | --help\n\n"
             "  -c, --config FILE   default: ") +
         kDefaultConfigPath +
         "; without that file every key has its default\n\n"
         "Over the file go conf.d/*.toml beside it, in the order of their names; then credentials of the service; "
         "then\n"
         "any key as a flag, here with its default:\n\n" +
         key_help();
}

}  // namespace perch::agent
