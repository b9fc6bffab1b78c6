// A camera made of a queue: tests put frames in, pull the plug and plug it in again; the pipeline polls a real
// descriptor.
#pragma once

#include <sys/eventfd.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "hal/base/unique_fd.hpp"
#include "hal/video/video_source.hpp"

namespace perch::codec::test {

/// What the test and the source share. Any thread. Must outlive the pipeline.
class FakeCamera {
 public:
  explicit FakeCamera(video::VideoFormat format) : format_(format) {}

  /// One frame of these bytes (H.264, MJPEG), or a raw picture whose planes are `frame`'s and stay valid.
  void push(Bytes bytes) { put(Item{std::move(bytes), {}}); }
  void push(const video::Frame& frame) { put(Item{{}, frame}); }
  /// Reading fails from now on, and so does opening until plug_in().
  void pull_out() {
    const std::lock_guard lock(mutex_);
    plugged_ = false;
    wake();
  }
  void plug_in() {
    const std::lock_guard lock(mutex_);
    plugged_ = true;
    items_.clear();
  }
  [[nodiscard]] int opened() const {
    const std::lock_guard lock(mutex_);
    return opened_;
  }
  [[nodiscard]] bool is_open() const {
    const std::lock_guard lock(mutex_);
    return fd_ >= 0;
  }
  [[nodiscard]] Result<std::unique_ptr<video::VideoSource>> open();

 private:
  friend class FakeSource;
  struct Item {
    Bytes bytes;
    video::Frame frame;
  };
  void put(Item item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
    wake();
  }
  void wake() const {
    if (fd_ >= 0) (void)eventfd_write(fd_, 1);
  }

  const video::VideoFormat format_;
  mutable std::mutex mutex_;
  std::deque<Item> items_;
  bool plugged_ = true;
  int opened_ = 0;
  int fd_ = -1;  // of the open source
};

class FakeSource final : public video::VideoSource {
 public:
  explicit FakeSource(FakeCamera& camera)
      : camera_(camera), fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)) {
    const std::lock_guard lock(camera_.mutex_);
    ++camera_.opened_;
    camera_.fd_ = fd_.get();
    // What was queued before the opening is ready at once, as with a driver that has been streaming.
    if (!camera_.items_.empty()) (void)eventfd_write(fd_.get(), camera_.items_.size());
  }
  ~FakeSource() override {
    const std::lock_guard lock(camera_.mutex_);
    camera_.fd_ = -1;
  }
  const video::VideoFormat& format() const override { return camera_.format_; }
  int fd() const override { return fd_.get(); }
  std::string description() const override { return "fake camera"; }
  bool is_camera() const override { return true; }
  Result<std::optional<video::Frame>> read_frame(TimePoint now) override {
    const std::lock_guard lock(camera_.mutex_);
    eventfd_t count = 0;
    (void)eventfd_read(fd_.get(), &count);
    if (!camera_.plugged_) return fail(Errc::kNotFound, "unplugged");
    if (camera_.items_.empty()) return std::optional<video::Frame>{};
    item_ = std::move(camera_.items_.front());
    camera_.items_.pop_front();
    video::Frame frame = item_.frame;
    frame.format = camera_.format_;
    frame.captured_at = now;
    if (!item_.bytes.empty()) frame.planes[0] = {item_.bytes.data(), 0, item_.bytes.size()};
    return frame;
  }

 private:
  FakeCamera& camera_;
  UniqueFd fd_;
  FakeCamera::Item item_;
};

inline Result<std::unique_ptr<video::VideoSource>> FakeCamera::open() {
  {
    const std::lock_guard lock(mutex_);
    if (!plugged_) return fail(Errc::kNotFound, "no such camera");
  }
  return std::make_unique<FakeSource>(*this);
}

}  // namespace perch::codec::test
