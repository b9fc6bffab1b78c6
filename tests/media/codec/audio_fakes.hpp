// A microphone and a loudspeaker made of queues: tests decide what is there and when it is pulled out.
#pragma once

#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "hal/audio/audio_sink.hpp"
#include "hal/audio/audio_source.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::codec::test {

/// What the test and the open source share. Any thread. Must outlive the pipeline.
class FakeMicrophone {
 public:
  explicit FakeMicrophone(int channels = 1) : channels_(channels) {}
  void push(std::vector<std::int16_t> samples, TimePoint captured_at, bool gap = false) {
    const std::lock_guard lock(mutex_);
    blocks_.push_back({std::move(samples), captured_at, gap});
    overruns_ += gap;
    wake();
  }
  /// Reading fails from now on, and so does opening until plug_in().
  void pull_out() {
    const std::lock_guard lock(mutex_);
    plugged_ = false;
    wake();
  }
  void plug_in() {
    const std::lock_guard lock(mutex_);
    plugged_ = true;
    blocks_.clear();
  }
  [[nodiscard]] bool is_open() const {
    const std::lock_guard lock(mutex_);
    return fd_ >= 0;
  }
  [[nodiscard]] Result<std::unique_ptr<audio::AudioSource>> open();

 private:
  friend class FakeSource;
  struct Block {
    std::vector<std::int16_t> samples;
    TimePoint captured_at;
    bool gap = false;
  };
  void wake() const {
    if (fd_ >= 0) (void)eventfd_write(fd_, 1);
  }

  const int channels_;
  mutable std::mutex mutex_;
  std::deque<Block> blocks_;
  bool plugged_ = true;
  std::uint64_t overruns_ = 0;
  int fd_ = -1;  // of the open source
};

class FakeSource final : public audio::AudioSource {
 public:
  explicit FakeSource(FakeMicrophone& microphone)
      : microphone_(microphone), fd_(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK)), poll_fds_{{{fd_.get(), POLLIN, 0}}} {
    const std::lock_guard lock(microphone_.mutex_);
    microphone_.fd_ = fd_.get();
  }
  ~FakeSource() override {
    const std::lock_guard lock(microphone_.mutex_);
    microphone_.fd_ = -1;
  }
  FakeSource(const FakeSource&) = delete;
  FakeSource& operator=(const FakeSource&) = delete;
  audio::AudioFormat format() const override { return {48'000, microphone_.channels_}; }
  std::span<const pollfd> poll_fds() const override { return poll_fds_; }
  std::string description() const override { return "fake microphone"; }
  std::uint64_t overruns() const override {
    const std::lock_guard lock(microphone_.mutex_);
    return microphone_.overruns_;
  }
  Result<std::optional<audio::AudioBlock>> read(TimePoint, std::span<pollfd>) override {
    const std::lock_guard lock(microphone_.mutex_);
    eventfd_t count = 0;
    (void)eventfd_read(fd_.get(), &count);
    if (!microphone_.plugged_) return fail(Errc::kNotFound, "unplugged");
    if (microphone_.blocks_.empty()) return std::optional<audio::AudioBlock>{};
    block_ = std::move(microphone_.blocks_.front());
    microphone_.blocks_.pop_front();
    return audio::AudioBlock{block_.samples, block_.captured_at, block_.gap};
  }

 private:
  FakeMicrophone& microphone_;
  UniqueFd fd_;
  std::array<pollfd, 1> poll_fds_;
  FakeMicrophone::Block block_;
};

inline Result<std::unique_ptr<audio::AudioSource>> FakeMicrophone::open() {
  {
    const std::lock_guard lock(mutex_);
    if (!plugged_) return fail(Errc::kNotFound, "no such microphone");
  }
  return std::make_unique<FakeSource>(*this);
}

/// Plays in real time, as a card does: what is written leaves at 48 kHz. Keeps all that was written.
class FakeLoudspeaker {
 public:
  void pull_out() {
    const std::lock_guard lock(mutex_);
    plugged_ = false;
  }
  void plug_in() {
    const std::lock_guard lock(mutex_);
    plugged_ = true;
  }
  [[nodiscard]] std::vector<std::int16_t> played() const {
    const std::lock_guard lock(mutex_);
    return played_;
  }
  /// The card ran dry, it says.
  void stumble() {
    const std::lock_guard lock(mutex_);
    ++underruns_;
  }
  /// Most that ever was in stock.
  [[nodiscard]] Duration largest_stock() const {
    const std::lock_guard lock(mutex_);
    return largest_stock_;
  }
  [[nodiscard]] int rests() const {
    const std::lock_guard lock(mutex_);
    return rests_;
  }
  [[nodiscard]] Result<std::unique_ptr<audio::AudioSink>> open();

 private:
  friend class FakeSink;
  mutable std::mutex mutex_;
  std::vector<std::int16_t> played_;
  bool plugged_ = true;
  int rests_ = 0;
  std::uint64_t underruns_ = 0;
  Duration largest_stock_{};
};

class FakeSink final : public audio::AudioSink {
 public:
  explicit FakeSink(FakeLoudspeaker& speaker) : speaker_(speaker) {}
  audio::AudioFormat format() const override { return {48'000, 1}; }
  std::string description() const override { return "fake loudspeaker"; }
  Result<std::size_t> writable(TimePoint now) override {
    const std::lock_guard lock(speaker_.mutex_);
    if (!speaker_.plugged_) return fail(Errc::kNotFound, "unplugged");
    return frames_of(kBuffer - std::min(kBuffer, stock(now)));
  }
  Result<void> write(TimePoint now, std::span<const std::int16_t> samples) override {
    const std::lock_guard lock(speaker_.mutex_);
    if (!speaker_.plugged_) return fail(Errc::kNotFound, "unplugged");
    empty_at_ = now + stock(now) + nanoseconds(static_cast<std::int64_t>(samples.size()) * 62'500 / 3);
    speaker_.largest_stock_ = std::max(speaker_.largest_stock_, stock(monotonic_now()));
    speaker_.played_.insert(speaker_.played_.end(), samples.begin(), samples.end());
    return {};
  }
  std::uint64_t underruns() const override {
    const std::lock_guard lock(speaker_.mutex_);
    return speaker_.underruns_;
  }
  Duration delay() const override { return stock(monotonic_now()); }
  void rest() override {
    const std::lock_guard lock(speaker_.mutex_);
    ++speaker_.rests_;
    empty_at_ = {};
  }

 private:
  static constexpr Duration kBuffer = milliseconds(100);
  static std::size_t frames_of(Duration d) { return static_cast<std::size_t>(d.count() * 3 / 62'500); }
  Duration stock(TimePoint now) const { return std::max(Duration{}, empty_at_ - now); }

  FakeLoudspeaker& speaker_;
  TimePoint empty_at_{};
};

inline Result<std::unique_ptr<audio::AudioSink>> FakeLoudspeaker::open() {
  const std::lock_guard lock(mutex_);
  if (!plugged_) return fail(Errc::kNotFound, "no such loudspeaker");
  return std::make_unique<FakeSink>(*this);
}

/// Things that happen on another thread, and waiting for them.
template <class T>
class Collected {
 public:
  void add(T item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
    changed_.notify_all();
  }
  [[nodiscard]] bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    // Only a broken pipeline ever waits so long.
    return changed_.wait_for(lock, seconds(30), [&] { return items_.size() >= count; });
  }
  [[nodiscard]] T at(std::size_t i) const {
    const std::lock_guard lock(mutex_);
    return items_.at(i);
  }
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> items_;
};

}  // namespace perch::codec::test
