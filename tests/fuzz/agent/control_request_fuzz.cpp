// Any line on the control socket: each gets exactly one answer, which is one line of JSON.
#include <cstdlib>

#include "agent/camera_commands.hpp"
#include "hal/base/bytes.hpp"
#include "signaling/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch;
  EventLoop loop;
  agent::CameraCommands commands(loop, "pattern", [](const std::string&) {});
  int answers = 0;
  commands.handle(std::string(as_text({data, size})), [&](const std::string& line) {
    ++answers;
    const bool good = line.find('\n') == std::string::npos && signaling::JsonDocument::parse(line);
    // Strings are repeated in the answer, whatever they hold; only one that repeats too much may fail to parse.
    if (!good && line.size() < signaling::kMaxJsonBytes) std::abort();
    loop.quit();
  });
  loop.run();
  if (answers != 1) std::abort();
  return 0;
}
