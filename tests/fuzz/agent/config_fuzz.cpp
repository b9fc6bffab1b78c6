// Any bytes as a configuration file: either mistakes are reported, or what was read prints to a file that reads the
// same.
#include <cstdlib>

#include "agent/config_file.hpp"
#include "hal/base/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch::agent;
  const ConfigFile file = parse_config(perch::as_text({data, size}), "fuzz.toml");
  if (!file.errors.empty()) return 0;
  const std::string printed = print_config(file.config);
  const ConfigFile again = parse_config(printed, "printed.toml");
  if (!again.errors.empty() || print_config(again.config) != printed) std::abort();
  return 0;
}
