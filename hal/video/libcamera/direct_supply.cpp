// Lends the camera's own buffers.
#include <algorithm>

#include "hal/video/libcamera/frame_supply.hpp"

namespace perch::video {
namespace {

constexpr std::size_t planes_of(PixelFormat format) {
  return format == PixelFormat::kI420 ? 3 : format == PixelFormat::kNv12 ? 2 : 1;
}

// Chroma rows of I420 are half as long; those of NV12 hold two samples per column pair.
std::uint32_t stride_of(PixelFormat format, std::size_t plane, std::uint32_t stride) {
  if (is_compressed(format)) return 0;
  return format == PixelFormat::kI420 && plane > 0 ? (stride + 1) / 2 : stride;
}

class DirectSupply final : public FrameSupply {
 public:
  explicit DirectSupply(CameraSession& session) : session_(session), lent_(session.buffers().size(), false) {}

  /// kUnsupported when libcamera lays its planes out in a way we do not know.
  [[nodiscard]] Result<void> lay_out() {
    for (std::size_t i = 0; i < session_.buffers().size(); ++i) {
      auto offer = lay_out(static_cast<std::uint8_t>(i), *session_.buffers()[i]);
      if (!offer) return fail(offer.error());
      offers_.push_back(std::move(*offer));
    }
    return {};
  }

  [[nodiscard]] std::vector<Offer> offers() const override { return offers_; }

  [[nodiscard]] Result<std::optional<std::uint8_t>> lend(const CompletedFrame& frame) override {
    lent_[frame.index] = true;
    return frame.index;
  }

  [[nodiscard]] Result<void> take_back(std::uint8_t index) override {
    if (index >= lent_.size() || !lent_[index]) return fail(Errc::kInvalid, "perchd returned a buffer it has not");
    lent_[index] = false;
    return session_.requeue(index);
  }

 private:
  [[nodiscard]] Result<Offer> lay_out(std::uint8_t index, const libcamera::FrameBuffer& buffer) const {
    const PixelFormat format = session_.choice().pixel;
    if (buffer.planes().size() != planes_of(format))
      return fail(Errc::kUnsupported, "libcamera gives this format an unknown number of planes");
    Offer offer{{index, {}}, {}};
    for (const libcamera::FrameBuffer::Plane& plane : buffer.planes()) {
      const int fd = plane.fd.get();
      const auto known = std::ranges::find(offer.files, fd);
      const auto file = static_cast<std::uint8_t>(known - offer.files.begin());
      if (known == offer.files.end()) offer.files.push_back(fd);
      const auto stride = stride_of(format, offer.message.planes.size(), session_.stream().stride);
      offer.message.planes.push_back({file, plane.offset, stride, plane.length});
    }
    return offer;
  }

  CameraSession& session_;
  std::vector<Offer> offers_;
  std::vector<bool> lent_;
};

}  // namespace

Result<std::unique_ptr<FrameSupply>> make_direct_supply(CameraSession& session) {
  auto supply = std::make_unique<DirectSupply>(session);
  if (auto done = supply->lay_out(); !done) return fail(done.error());
  return supply;
}

}  // namespace perch::video
