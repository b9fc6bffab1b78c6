// A running M2M encoder: the state machine of the kernel's stateful encoder interface, from formats to drain.
#pragma once

#include <memory>

#include "hal/video/v4l2_encoder_controls.hpp"
#include "hal/video/v4l2_m2m_queue.hpp"

namespace perch::video {

struct M2mSettings {
  PixelFormat pixel = PixelFormat::kI420;
  Size size;
  FrameRate rate;
  Bitrate bitrate;
  bool full_range = false;      ///< luma 0..255, as JPEG has it
  int keyframe_interval = 300;  ///< of the key frames nobody asked for [pictures]
  /// Take frames by their DMA buffer, without a copy. They must lie as the driver wants pictures: rows of `stride`
  /// [bytes], `dmabuf_size` [bytes] in all; start() fails when that is not so.
  bool import_dmabuf = false;
  int stride = 0;
  std::size_t dmabuf_size = 0;
};

struct CodedPicture {
  ByteView bytes;         ///< borrowed until the next take() or submit() with a forced key frame
  TimePoint captured_at;  ///< of the frame it was made from, to the microsecond
};

/// Borrowed frames are the encoder's until their picture was taken. Stops with its end. One thread.
class V4l2M2mSession {
 public:
  [[nodiscard]] static Result<std::unique_ptr<V4l2M2mSession>> start(V4l2M2mNode node, const M2mSettings& settings);
  ~V4l2M2mSession();
  V4l2M2mSession(const V4l2M2mSession&) = delete;
  V4l2M2mSession& operator=(const V4l2M2mSession&) = delete;

  [[nodiscard]] const V4l2M2mNode& node() const { return node_; }
  /// Hands a frame of the agreed size and pixel format to the encoder. kBusy: take() first, it has all it can hold. Any
  /// other error: the session is to be thrown away.
  [[nodiscard]] Result<void> submit(const Frame& frame, bool force_keyframe);
  /// The next picture, in the order of the frames, waiting for it as long as `patience`; nothing when it did not come,
  /// or when no frame is in work. kClosed: drained, nothing comes before resume(). Other errors as with submit().
  [[nodiscard]] Result<std::optional<CodedPicture>> take(Duration patience);
  /// No frame follows: the encoder finishes all it has.
  [[nodiscard]] Result<void> drain();
  /// After a drain, once take() said kClosed: goes on, with a key frame.
  [[nodiscard]] Result<void> resume();

  /// False: the driver has no such control. Live.
  [[nodiscard]] bool set_bitrate(Bitrate bitrate) const { return controls().set_bitrate(bitrate); }
  [[nodiscard]] bool set_keyframe_interval(int pictures) const { return controls().set_keyframe_interval(pictures); }

 private:
  V4l2M2mSession(V4l2M2mNode node, const M2mSettings& settings)
      : node_(std::move(node)),
        settings_(settings),
        raw_(node_, V4l2M2mQueue::Side::kRaw),
        coded_(node_, V4l2M2mQueue::Side::kCoded) {}
  [[nodiscard]] V4l2EncoderControls controls() const { return V4l2EncoderControls(node_.fd(), node_.ioctl_function()); }
  [[nodiscard]] Result<void> set_formats();
  void set_controls() const;
  [[nodiscard]] Result<void> get_buffers();
  [[nodiscard]] Result<void> start_streams();
  [[nodiscard]] Result<void> restart_streams();
  [[nodiscard]] Result<void> force_keyframe();
  [[nodiscard]] Result<void> reclaim_raw();
  [[nodiscard]] std::optional<std::uint32_t> free_slot(int dmabuf);
  [[nodiscard]] Result<std::optional<CodedPicture>> take_ready();
  [[nodiscard]] Result<void> wait_until(TimePoint deadline) const;

  /// A buffer of the raw queue.
  struct Slot {
    bool busy = false;
    int dmabuf = -1;  ///< seen there last: a driver maps a DMA buffer anew whenever it meets it in another slot
  };

  V4l2M2mNode node_;
  M2mSettings settings_;
  V4l2M2mQueue raw_;
  V4l2M2mQueue coded_;
  RawLayout layout_;
  std::vector<Slot> slots_;
  std::optional<std::uint32_t> lent_;  ///< index of the coded buffer that the last picture lies in
  std::size_t in_work_ = 0;            ///< frames whose pictures were not taken yet
  bool draining_ = false;
  bool drained_ = false;
};

}  // namespace perch::video
