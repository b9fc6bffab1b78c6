// See libcamera_link.hpp.
#include "hal/video/libcamera_link.hpp"

namespace perch::video {
namespace {

tl::unexpected<Error> breach(const char* what) { return fail(Errc::kInvalid, std::string("perch-libcamera ") + what); }

}  // namespace

Result<std::optional<FrameFilled>> LibcameraLink::on_message(FdMessage message) {
  const auto parsed = parse_libcamera_message(message.bytes);
  if (!parsed) return fail(parsed.error());
  return std::visit([&](const auto& one) { return on(one, message.files); }, *parsed);
}

LibcameraLink::Outcome LibcameraLink::on(const CameraStarted& started, std::vector<UniqueFd>&) {
  if (started_) return breach("started twice");
  started_ = started;
  buffers_.reserve(started.buffers);
  return std::nullopt;
}

LibcameraLink::Outcome LibcameraLink::on(const BufferOffered& offered, std::vector<UniqueFd>& files) {
  if (!started_ || ready()) return breach("offered a buffer out of turn");
  if (offered.index != buffers_.size()) return breach("offered its buffers out of order");
  auto memory = SharedBuffer::map(started_->format, offered, std::move(files));
  if (!memory) return fail(memory.error());
  buffers_.push_back({std::move(*memory)});
  return std::nullopt;
}

LibcameraLink::Outcome LibcameraLink::on(const FrameFilled& frame, std::vector<UniqueFd>&) {
  if (!ready()) return breach("sent a picture before its buffers");
  if (frame.index >= buffers_.size()) return breach("sent a picture in a buffer it has not");
  Buffer& buffer = buffers_[frame.index];
  if (buffer.here) return breach("sent a picture in a buffer that is in use");
  buffer.here = true;
  buffer.memory.begin_read();
  return frame;
}

LibcameraLink::Outcome LibcameraLink::on(const BufferReturned&, std::vector<UniqueFd>&) {
  return breach("sent a message of the daemon's");
}

LibcameraLink::Outcome LibcameraLink::on(const CameraFailed& failed, std::vector<UniqueFd>&) {
  return fail(failed.code, failed.words);
}

std::array<Plane, 3> LibcameraLink::planes(const FrameFilled& frame) const {
  return buffers_[frame.index].memory.planes(frame.bytes_used);
}

std::pair<int, std::size_t> LibcameraLink::dma_buffer(const FrameFilled& frame) const {
  return buffers_[frame.index].memory.dma_buffer();
}

void LibcameraLink::take_back(std::uint8_t index) {
  buffers_[index].memory.end_read();
  buffers_[index].here = false;
}

}  // namespace perch::video
