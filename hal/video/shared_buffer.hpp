// A picture's memory that another program owns: a DMA buffer or a sealed memfd, mapped for reading.
#pragma once

#include <utility>
#include <vector>

#include "hal/base/unique_fd.hpp"
#include "hal/video/libcamera_protocol.hpp"

namespace perch::video {

/// Mapped as long as it exists. One thread.
class SharedBuffer {
 public:
  /// Checks that `offered` has the planes of `format`, whole, within `files`, and that nobody can shorten a file under
  /// our feet (a read would then be a SIGBUS): it is a DMA buffer or sealed against shrinking. kInvalid otherwise.
  [[nodiscard]] static Result<SharedBuffer> map(const VideoFormat& format, const BufferOffered& offered,
                                                std::vector<UniqueFd> files);
  ~SharedBuffer();
  SharedBuffer(SharedBuffer&&) noexcept = default;
  SharedBuffer& operator=(SharedBuffer&&) = delete;

  /// Of a raw format all planes; of a compressed one the first `bytes_used` bytes, at most what is there.
  [[nodiscard]] std::array<Plane, 3> planes(std::size_t bytes_used) const;
  /// The file (borrowed) and its length, for devices that read it themselves; -1 and 0 unless it is one DMA buffer with
  /// all planes in a row from its first byte.
  [[nodiscard]] std::pair<int, std::size_t> dma_buffer() const;
  /// Between these two the caches hold what the device wrote. Kernel: driver-api/dma-buf, DMA_BUF_IOCTL_SYNC.
  void begin_read() const;
  void end_read() const;

 private:
  struct Mapping {
    const std::uint8_t* data;
    std::size_t size;
  };
  SharedBuffer() = default;
  [[nodiscard]] Result<void> map_file(UniqueFd file);
  [[nodiscard]] Result<void> place(const VideoFormat& format, const BufferOffered& offered);
  void sync(std::uint64_t flags) const;

  std::vector<UniqueFd> files_;
  std::vector<Mapping> mappings_;
  std::array<Plane, 3> planes_{};
  bool compressed_ = false;
};

}  // namespace perch::video
