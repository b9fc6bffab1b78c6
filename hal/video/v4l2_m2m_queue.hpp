// One of the two buffer queues of an M2M encoder, single- or multi-planar.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hal/video/v4l2_m2m_node.hpp"
#include "hal/video/v4l2_stream.hpp"

namespace perch::video {

/// How raw pictures lie in the encoder's buffers.
struct RawLayout {
  PixelFormat pixel = PixelFormat::kI420;
  Size coded_size;        ///< with the padding that the driver wants
  int stride = 0;         ///< [bytes] of the first plane
  std::size_t bytes = 0;  ///< of a buffer
};

/// A buffer that came back.
struct DoneBuffer {
  std::uint32_t index = 0;
  ByteView bytes;       ///< filled part, of the coded queue; until the buffer is queued again
  TimePoint timestamp;  ///< the raw picture's, carried over
  bool failed = false;  ///< the driver could not do its work on it
  bool last = false;    ///< drained: nothing comes behind it
};

/// Names as in the kernel: raw pictures go into the OUTPUT queue, coded ones come from the CAPTURE queue. Borrows the
/// node. One thread.
class V4l2M2mQueue {
 public:
  enum class Side : std::uint8_t { kRaw, kCoded };
  enum class Memory : std::uint8_t { kMapped, kDmabuf };

  V4l2M2mQueue(const V4l2M2mNode& node, Side side) : node_(node), side_(side) {}
  /// Coded queue: what comes out. The driver may round the size; the raw queue's counts.
  [[nodiscard]] Result<void> set_coded_format(Size size) const;
  /// Raw queue: `stride` [bytes] is a wish, 0 for none. `full_range`: luma 0..255 instead of 16..235, which the coded
  /// stream then says where the driver can write it there.
  [[nodiscard]] Result<RawLayout> set_raw_format(PixelFormat pixel, Size size, int stride, bool full_range) const;
  /// Raw queue: the part of the coded size that is picture. False: the driver would take another part.
  [[nodiscard]] bool set_crop(Size visible) const;
  /// Raw queue: the rate that the bitrate refers to, where the driver wants to know.
  void set_rate(FrameRate rate) const;

  /// Gets `count` buffers (the driver may give another number).
  [[nodiscard]] Result<void> request_buffers(std::uint32_t count, Memory memory);
  [[nodiscard]] std::uint32_t count() const { return count_; }
  /// Memory to fill, of a mapped raw queue.
  [[nodiscard]] ByteSpan memory(std::uint32_t index) { return buffers_[index].writable(); }
  /// `used` [bytes] and `timestamp` are the raw queue's; `dmabuf` is borrowed until the buffer comes back.
  [[nodiscard]] Result<void> queue(std::uint32_t index, std::size_t used = 0, TimePoint timestamp = {}, int dmabuf = -1,
                                   std::size_t dmabuf_size = 0) const;
  /// A buffer that is done, or nothing yet. kClosed: drained before.
  [[nodiscard]] Result<std::optional<DoneBuffer>> dequeue() const;
  [[nodiscard]] Result<void> stream(bool on) const;

 private:
  [[nodiscard]] unsigned type() const;

  const V4l2M2mNode& node_;
  Side side_;
  Memory memory_ = Memory::kMapped;
  std::uint32_t count_ = 0;
  std::vector<MappedMemory> buffers_;
};

}  // namespace perch::video
