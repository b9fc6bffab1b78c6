// Lends converted copies. libcamera's software image processor and its test camera have nothing but RGB; the daemon
// would have to convert that anyway.
#include <fcntl.h>
#include <libyuv/convert.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "hal/video/libcamera/frame_supply.hpp"

namespace perch::video {
namespace {

constexpr std::size_t kCopies = 4;  // with the encoder + on the way + being filled + one for a late reader

/// A file mapped as a whole.
class MappedFile {
 public:
  [[nodiscard]] static Result<MappedFile> map(int fd, int protection) {
    const off_t size = lseek(fd, 0, SEEK_END);
    if (size <= 0) return fail_errno("measuring a buffer");
    void* const data = mmap(nullptr, static_cast<std::size_t>(size), protection, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED) return fail_errno("mapping a buffer");
    return MappedFile({static_cast<std::uint8_t*>(data), static_cast<std::size_t>(size)});
  }
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile() {
    if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
  }
  [[nodiscard]] ByteSpan bytes() const { return bytes_; }

 private:
  explicit MappedFile(ByteSpan bytes) : bytes_(bytes) {}
  ByteSpan bytes_;
};

struct Copy {
  UniqueFd file;
  MappedFile memory;
  bool lent = false;
};

Result<Copy> make_copy(std::size_t size) {
  UniqueFd file(memfd_create("perch-picture", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file || ftruncate(file.get(), static_cast<off_t>(size)) != 0) return fail_errno("making a memory file");
  if (fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return fail_errno("sealing a memory file");
  auto memory = MappedFile::map(file.get(), PROT_READ | PROT_WRITE);
  if (!memory) return fail(memory.error());
  return Copy{std::move(file), std::move(*memory)};
}

// Chroma of 4:2:0 covers two columns and two rows; odd sizes round up.
int half(int n) { return (n + 1) / 2; }

class ConvertingSupply final : public FrameSupply {
 public:
  explicit ConvertingSupply(CameraSession& session)
      : session_(session), size_(session.choice().size), stride_(size_.width) {}

  [[nodiscard]] Result<void> prepare() {
    const std::size_t bytes = picture_bytes(PixelFormat::kI420, size_, stride_);
    for (std::size_t i = 0; i < kCopies; ++i) {
      auto copy = make_copy(bytes);
      if (!copy) return fail(copy.error());
      copies_.push_back(std::move(*copy));
    }
    for (const auto& buffer : session_.buffers()) {
      const auto& plane = buffer->planes()[0];
      auto memory = MappedFile::map(plane.fd.get(), PROT_READ);
      if (!memory) return fail(memory.error());
      const std::size_t needed =
          std::size_t{session_.stream().stride} * static_cast<std::size_t>(size_.height) + plane.offset;
      if (needed > memory->bytes().size()) return fail(Errc::kInternal, "libcamera made a buffer that is too small");
      pictures_.push_back({std::move(*memory), plane.offset});
    }
    return {};
  }

  [[nodiscard]] std::vector<Offer> offers() const override {
    const auto luma = static_cast<std::uint32_t>(stride_ * size_.height);
    const auto chroma_stride = static_cast<std::uint32_t>(half(stride_));
    const auto chroma = chroma_stride * static_cast<std::uint32_t>(half(size_.height));
    std::vector<Offer> offers;
    for (std::size_t i = 0; i < copies_.size(); ++i) {
      const std::vector<PlanePlace> planes{{0, 0, static_cast<std::uint32_t>(stride_), luma},
                                           {0, luma, chroma_stride, chroma},
                                           {0, luma + chroma, chroma_stride, chroma}};
      offers.push_back({{static_cast<std::uint8_t>(i), planes}, {copies_[i].file.get()}});
    }
    return offers;
  }

  [[nodiscard]] Result<std::optional<std::uint8_t>> lend(const CompletedFrame& frame) override {
    const auto free = std::ranges::find(copies_, false, &Copy::lent);
    std::optional<std::uint8_t> index;
    if (free != copies_.end() && !frame.damaged) {
      convert(pictures_[frame.index], free->memory.bytes());
      free->lent = true;
      index = static_cast<std::uint8_t>(free - copies_.begin());
    }
    if (auto queued = session_.requeue(frame.index); !queued) return fail(queued.error());
    return index;
  }

  [[nodiscard]] Result<void> take_back(std::uint8_t index) override {
    if (index >= copies_.size() || !copies_[index].lent)
      return fail(Errc::kInvalid, "perchd returned a buffer it has not");
    copies_[index].lent = false;
    return {};
  }

 private:
  struct Picture {
    MappedFile memory;
    std::uint32_t offset = 0;
  };

  // libyuv names 24 bit formats by their bytes backwards as well, but "RAW" is R, G, B in memory.
  void convert(const Picture& from, ByteSpan to) const {
    const std::uint8_t* const source = from.memory.bytes().data() + from.offset;
    const int source_stride = static_cast<int>(session_.stream().stride), chroma = half(stride_);
    std::uint8_t* const y = to.data();
    std::uint8_t* const u = y + stride_ * size_.height;
    std::uint8_t* const v = u + chroma * half(size_.height);
    const auto run = [&](auto* function) {
      function(source, source_stride, y, stride_, u, chroma, v, chroma, size_.width, size_.height);
    };
    switch (*session_.choice().convert_from) {
      case RgbOrder::kRgb24: return run(libyuv::RAWToI420);
      case RgbOrder::kBgr24: return run(libyuv::RGB24ToI420);
      case RgbOrder::kRgbx32: return run(libyuv::ABGRToI420);
      case RgbOrder::kBgrx32: return run(libyuv::ARGBToI420);
    }
  }

  CameraSession& session_;
  Size size_;
  int stride_;  ///< of the copies' luma [bytes]
  std::vector<Copy> copies_;
  std::vector<Picture> pictures_;  ///< the camera's buffers
};

}  // namespace

Result<std::unique_ptr<FrameSupply>> make_converting_supply(CameraSession& session) {
  auto supply = std::make_unique<ConvertingSupply>(session);
  if (auto done = supply->prepare(); !done) return fail(done.error());
  return supply;
}

}  // namespace perch::video
