// A named thread that is joined when it goes out of scope.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace perch {

class Thread {
 public:
  Thread() = default;
  /// Starts `body`. `name` shows in ps -T and top (at most 15 letters). Signals stay with the main thread.
  Thread(const std::string& name, std::function<void()> body);
  Thread(Thread&&) = default;
  Thread& operator=(Thread&& other) noexcept {
    join();
    thread_ = std::move(other.thread_);
    return *this;
  }
  ~Thread() { join(); }

  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::thread thread_;
};

}  // namespace perch
