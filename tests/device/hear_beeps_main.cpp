// Listens to the board's loudspeaker in the guest and tells a test on the host when it beeps.
//   perch_hear_beeps HOST PORT ALSA_NAME
// Over TCP: each beep is a line {"beep":UNIX_MS,"hertz":N}; the host's line "clock" is answered {"clock":UNIX_MS}, so
// that it can tell how our clock stands to its own. Ends when the host hangs up.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "hal/audio/audio_source.hpp"
#include "hal/base/unique_fd.hpp"
#include "tests/device/beep_detector.hpp"

namespace {

using namespace perch;

double unix_ms(TimePoint at) {
  return std::chrono::duration<double, std::milli>(NtpClock::from_system().unix_at(at)).count();
}

UniqueFd connect_to(const char* host, const char* port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
  inet_pton(AF_INET, host, &address.sin_addr);
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return {};
  return fd;
}

void say(int fd, const std::string& line) { (void)send(fd, line.data(), line.size(), MSG_NOSIGNAL); }

std::string text(const char* format, double a, double b = 0) {
  std::array<char, 96> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, a, b);  // NOLINT: the formats stand below
  return buffer.data();
}

/// False when the host has hung up.
bool answer(int fd) {
  std::array<char, 64> request{};
  if (recv(fd, request.data(), request.size(), 0) <= 0) return false;
  say(fd, text("{\"clock\":%.3f}\n", unix_ms(monotonic_now())));
  return true;
}

int listen(int host, audio::AudioSource& source) {
  audio::BeepDetector detector;
  for (;;) {
    std::vector<pollfd> polled(source.poll_fds().begin(), source.poll_fds().end());
    polled.push_back({host, POLLIN, 0});
    if (poll(polled.data(), polled.size(), -1) < 0) return 1;
    if (polled.back().revents != 0 && !answer(host)) return 0;
    polled.pop_back();
    const auto block = source.read(monotonic_now(), polled);
    if (!block) return std::fprintf(stderr, "hear_beeps: %s\n", block.error().message().c_str()), 1;
    if (!*block) continue;
    detector.hear((*block)->captured_at, (*block)->samples, [&](const audio::Beep& beep) {
      say(host, text("{\"beep\":%.3f,\"hertz\":%.1f}\n", unix_ms(beep.began_at), beep.hertz));
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const UniqueFd host = connect_to(argv[1], argv[2]);
  if (!host) return std::perror("hear_beeps: cannot reach the host"), 1;
  const auto source = audio::open_audio_source({std::string("alsa:") + argv[3], 1});
  if (!source) return std::fprintf(stderr, "hear_beeps: %s\n", source.error().message().c_str()), 1;
  return listen(host.get(), **source);
}
