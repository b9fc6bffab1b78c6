#include "agent/options.hpp"

#include <getopt.h>

#include <array>

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

}  // namespace

Result<Options> parse_options(int argc, char** argv) {
  Options options;
  optind = 0;  // getopt's own state, so that tests may call this twice
  opterr = 0;
  for (;;) {
    const int letter = ::getopt_long(argc, argv, ":c:hV", kLongOptions.data(), nullptr);
    if (letter == -1) break;
    switch (letter) {
      case kConfig: options.config_path = optarg; break;
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
             "  perchd --print-config         show the configuration in force, with what each key means\n"
             "  perchd --version | --help\n\n"
             "  -c, --config FILE   default: ") +
         kDefaultConfigPath + "; without that file every key has its default\n";
}

}  // namespace perch::agent
