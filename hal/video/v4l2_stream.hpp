// The buffers of a V4L2 capture queue: one interface for the single-planar and the multi-planar API.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hal/video/v4l2_device.hpp"

namespace perch::video {

/// Memory of the driver mapped into the process, unmapped with its owner.
class MappedMemory {
 public:
  /// Maps `length` bytes of `fd` at `offset`, readable.
  [[nodiscard]] static Result<MappedMemory> map(int fd, std::size_t length, std::int64_t offset, bool writable = false);
  MappedMemory(MappedMemory&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedMemory& operator=(MappedMemory&&) = delete;
  ~MappedMemory();
  [[nodiscard]] ByteView bytes() const { return bytes_; }
  /// Of a writable mapping.
  [[nodiscard]] ByteSpan writable() { return bytes_; }

 private:
  explicit MappedMemory(ByteSpan bytes) : bytes_(bytes) {}
  ByteSpan bytes_;
};

/// A buffer the driver has filled.
struct FilledBuffer {
  std::uint32_t index = 0;
  ByteView bytes;                      ///< what was filled; valid until the buffer is queued again
  std::size_t offset = 0;              ///< [bytes] of `bytes` within the buffer
  bool damaged = false;                ///< the driver says that the data may be wrong
  std::uint32_t sequence = 0;          ///< counts captured frames, including those nobody had a buffer for; wraps
  std::optional<TimePoint> timestamp;  ///< nothing when the driver's stamp is of another clock
};

/// What the camera was set to.
struct NegotiatedFormat {
  VideoFormat format;
  int stride = 0;  ///< [bytes] of the first plane; 0 for compressed formats
};

/// Sets `wanted` and returns what the driver made of it.
[[nodiscard]] Result<NegotiatedFormat> set_format(const V4l2Device& device, const VideoFormat& wanted);

/// A running capture queue. Stops, unmaps and closes with its end. One thread.
class V4l2Stream {
 public:
  /// Maps `count` buffers (the driver may give more), queues all and starts the camera.
  [[nodiscard]] static Result<V4l2Stream> start(V4l2Device device, std::uint32_t count);
  [[nodiscard]] const V4l2Device& device() const { return device_; }
  /// The next filled buffer, or nothing yet. kNotFound: the camera is gone.
  [[nodiscard]] Result<std::optional<FilledBuffer>> dequeue();
  /// Gives a buffer back to the driver.
  [[nodiscard]] Result<void> queue(std::uint32_t index);
  /// From now on dmabuf() has something, if the driver can: buffers as DMA buffers, for devices that take them as they
  /// are. False: it cannot.
  bool export_dmabufs();
  /// The buffer as a DMA buffer, borrowed; -1: not exported.
  [[nodiscard]] int dmabuf(std::uint32_t index) const { return index < dmabufs_.size() ? dmabufs_[index].get() : -1; }
  [[nodiscard]] std::size_t buffer_bytes(std::uint32_t index) const { return buffers_[index].bytes().size(); }

 private:
  explicit V4l2Stream(V4l2Device device) : device_(std::move(device)) {}
  [[nodiscard]] Result<std::uint32_t> request_buffers(std::uint32_t count);
  [[nodiscard]] Result<void> map_buffer(std::uint32_t index);

  V4l2Device device_;
  std::vector<MappedMemory> buffers_;
  std::vector<UniqueFd> dmabufs_;
};

}  // namespace perch::video
