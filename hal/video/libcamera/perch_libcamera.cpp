// perch-libcamera: opens one camera through libcamera and lends its frames to perchd, which started it, over the socket
// it finds as file descriptor 3 (see hal/video/libcamera_protocol.hpp). A program of its own, so that a libcamera that
// changes, crashes or is missing costs a camera at most, never the daemon.
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>

#include <cstdio>
#include <cstdlib>

#include "hal/base/log.hpp"
#include "hal/video/child_program.hpp"
#include "hal/video/fd_messages.hpp"
#include "hal/video/libcamera/frame_supply.hpp"
#include "hal/video/libcamera/rate_limit.hpp"

namespace perch::video {
namespace {

constexpr int kChannel = ChildProgram::kChannelFd;

Result<void> send(const LibcameraMessage& message, std::span<const int> files = {}) {
  return send_fd_message(kChannel, write_libcamera_message(message), files);
}

Result<void> introduce(const CameraSession& session, const FrameSupply& supply) {
  const auto offers = supply.offers();
  const VideoFormat format{session.choice().pixel, session.choice().size, session.rate()};
  if (auto sent = send(CameraStarted{format, static_cast<std::uint8_t>(offers.size()), session.name()}); !sent)
    return sent;
  for (const FrameSupply::Offer& offer : offers) {
    if (auto sent = send(offer.message, offer.files); !sent) return sent;
  }
  return {};
}

Result<void> pass_on_frames(CameraSession& session, FrameSupply& supply, RateLimit& limit) {
  while (true) {
    const auto frame = session.next_completed();
    if (!frame) return fail(frame.error());
    if (!*frame) return {};
    if (!limit.keeps((*frame)->captured_at)) {
      if (auto queued = session.requeue((*frame)->index); !queued) return queued;
      continue;
    }
    const auto index = supply.lend(**frame);
    if (!index) return fail(index.error());
    if (!*index) continue;
    const FrameFilled filled{**index, (*frame)->damaged, (*frame)->number, (*frame)->captured_at, (*frame)->bytes_used};
    if (auto sent = send(filled); !sent) return sent;
  }
}

Result<void> take_back_buffers(FrameSupply& supply) {
  while (true) {
    const auto received = receive_fd_message(kChannel, kMaxLibcameraMessage);
    if (!received) return fail(received.error());
    if (!*received) return {};
    const auto message = parse_libcamera_message((*received)->bytes);
    if (!message) return fail(message.error());
    const auto* const returned = std::get_if<BufferReturned>(&*message);
    if (!returned) return fail(Errc::kInvalid, "perchd sent a message of perch-libcamera's");
    if (auto taken = supply.take_back(returned->index); !taken) return taken;
  }
}

/// How long a camera may be silent before we look whether it is still there. Frames at 5 per second never get here.
constexpr int kSilence_ms = 250;

Result<void> serve_frames(CameraSession& camera, FrameSupply& supply) {
  RateLimit limit(camera.rate());
  while (true) {
    pollfd entries[] = {{kChannel, POLLIN, 0}, {camera.fd(), POLLIN, 0}};
    const int ready = poll(entries, 2, kSilence_ms);
    if (ready < 0 && errno != EINTR) return fail_errno("poll");
    if (ready == 0 && !camera.is_there()) return fail(Errc::kNotFound, camera.name() + " is gone");
    if (auto taken = take_back_buffers(supply); !taken) return taken;
    if (auto passed = pass_on_frames(camera, supply, limit); !passed) return passed;
  }
}

// Tells the daemon why and ends at once: libcamera 0.0.3 asserts when it is to stop a camera that has vanished, and the
// kernel closes everything just as well.
[[noreturn]] void end_with(const Error& error) {
  PERCH_ERROR("libcamera", "msg=%s", in_quotes(error.message()).c_str());
  const bool told = send(CameraFailed{error.code, error.message()}).has_value();
  std::_Exit(told ? 0 : 1);
}

/// Returns when perchd has closed the camera.
void serve(const LibcameraOptions& options) {
  auto session = CameraSession::open(options);
  if (!session) end_with(session.error());
  CameraSession& camera = **session;
  auto supply = camera.choice().convert_from ? make_converting_supply(camera) : make_direct_supply(camera);
  if (!supply) end_with(supply.error());
  auto served = camera.start();
  if (served) served = introduce(camera, **supply);
  if (served) served = serve_frames(camera, **supply);
  if (served.error().code != Errc::kClosed) end_with(served.error());
}

int run(const std::vector<std::string>& words) {
  const auto options = parse_libcamera_options(words);
  if (options && options->list) return std::puts(CameraSession::list().c_str()) < 0 ? 1 : 0;
  // Should perchd be killed, the closed channel says so too; this is for the time before anybody looks at that.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (!options) end_with(options.error());
  serve(*options);
  return 0;
}

}  // namespace
}  // namespace perch::video

int main(int count, char** words) {
  // libcamera says a lot about itself; what went wrong is enough in a daemon's log.
  setenv("LIBCAMERA_LOG_LEVELS", "*:ERROR", 0);
  return perch::video::run({words + 1, words + count});
}
