// One thread's event loop: posted closures, timers and file descriptors on a GMainContext.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "hal/base/time.hpp"

struct _GMainContext;  // glib.h stays out of headers
struct _GSource;

namespace perch {

/// Owns a GMainContext. `run`, timers and watches belong to the thread that runs the loop; `post` and `quit` are for
/// any thread. Must outlive every Timer and IoWatch made from it.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Runs until quit(), which may also have come before.
  void run();
  void quit();
  /// Runs `task` on the loop's thread, in order of posting. Tasks still queued when the loop ends are destroyed unrun.
  void post(std::function<void()> task);
  /// For libnice, which wants the context itself. Lives as long as the loop.
  [[nodiscard]] _GMainContext* native() const { return context_; }

 private:
  void run_tasks();

  _GMainContext* context_;
  _GSource* task_source_;
  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;  // under mutex_
  bool quit_ = false;                         // loop thread only
};

/// A timer that fires once at its deadline; set again to fire again. Costs nothing while the deadline is kNever.
class Timer {
 public:
  Timer(EventLoop& loop, std::function<void()> on_fire);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// kNever disarms, also when it was due already. A deadline in the past fires on the next turn. Setting the same
  /// deadline again is free.
  void set(TimePoint deadline);

 private:
  _GSource* source_;
  std::function<void()> on_fire_;
  TimePoint deadline_ = kNever;
};

/// Calls back while a file descriptor is ready. Level-triggered.
class IoWatch {
 public:
  enum Events : unsigned { kNone = 0, kRead = 1, kWrite = 2 };
  /// `fd` is borrowed and must stay open as long as the watch.
  IoWatch(EventLoop& loop, int fd, std::function<void(unsigned ready)> on_ready);
  ~IoWatch();
  IoWatch(const IoWatch&) = delete;
  IoWatch& operator=(const IoWatch&) = delete;

  /// Which events to wait for. Errors and hang-ups are reported as kRead, so that the next read finds out.
  void want(unsigned events);

 private:
  _GSource* source_;
  void* tag_;
  unsigned wanted_ = kRead;
  std::function<void(unsigned)> on_ready_;
};

/// Calls back on the loop when the process receives a signal.
class SignalWatch {
 public:
  SignalWatch(EventLoop& loop, int signal, std::function<void()> on_signal);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  _GSource* source_;
  std::function<void()> on_signal_;
};

}  // namespace perch
