// A bounded queue between two threads; what happens when it is full is the sender's decision.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace perch {

/// Any thread on both ends. Waking the receiver is the owner's business (EventLoop::post once per `put` that says so).
template <class T>
class Mailbox {
 public:
  explicit Mailbox(std::size_t capacity) : capacity_(capacity) {}

  enum class Put { kFirst, kQueued, kFull };
  /// kFirst: was empty, wake the receiver. kFull: `item` was not taken.
  [[nodiscard]] Put put(T item) {
    const std::lock_guard lock(mutex_);
    if (items_.size() >= capacity_) return Put::kFull;
    items_.push_back(std::move(item));
    return items_.size() == 1 ? Put::kFirst : Put::kQueued;
  }
  /// As put(), but when full the oldest item makes room: for what loses its worth with age. Never kFull.
  Put put_newest(T item) {
    const std::lock_guard lock(mutex_);
    if (items_.size() >= capacity_) items_.erase(items_.begin());
    items_.push_back(std::move(item));
    return items_.size() == 1 ? Put::kFirst : Put::kQueued;
  }
  /// Takes everything there is. Never fails: whoever could not be emptied would never be woken again.
  [[nodiscard]] std::vector<T> take_all() {
    const std::lock_guard lock(mutex_);
    return std::exchange(items_, {});
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::vector<T> items_;
};

}  // namespace perch
