// Anything perch-libcamera might say: a run of messages, each a length byte, a byte with the number of files and the
// bytes. Frames that are let through must lie in memory that can be read.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "hal/video/libcamera_link.hpp"

namespace {

using namespace perch;

UniqueFd memory_file(off_t size) {
  UniqueFd file(memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file || ftruncate(file.get(), size) != 0 || fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK) != 0) std::abort();
  return file;
}

// Reads the ends of each plane: outside of the mapping that is a crash.
void touch(const std::array<video::Plane, 3>& planes) {
  volatile std::uint8_t sum = 0;
  for (const video::Plane& plane : planes) {
    if (plane.data && plane.size > 0) sum = static_cast<std::uint8_t>(sum + plane.data[0] + plane.data[plane.size - 1]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const UniqueFd memory = memory_file(1 << 16);
  ByteReader in({data, size});
  video::LibcameraLink link;
  while (in.remaining() >= 2) {
    const std::size_t length = in.u8(), files = in.u8() % (video::kMaxFdsPerMessage + 1);
    const ByteView bytes = in.view(std::min(length, in.remaining()));
    video::FdMessage message{{bytes.begin(), bytes.end()}, {}};
    for (std::size_t i = 0; i < files; ++i) message.files.emplace_back(dup(memory.get()));
    const auto frame = link.on_message(std::move(message));
    if (!frame) return 0;
    if (!*frame) continue;
    if (!link.ready()) std::abort();
    touch(link.planes(**frame));
    (void)link.dma_buffer(**frame);
    link.take_back((*frame)->index);
  }
  return 0;
}
