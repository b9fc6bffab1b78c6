#include "hal/base/event_loop.hpp"

#include <glib-unix.h>
#include <glib.h>

#include <memory>
#include <utility>

#include "hal/base/log.hpp"
#include "hal/base/out_of_memory.hpp"

namespace perch {
namespace {

using Task = std::function<void()>;

/// Whoever the task was for has cleaned up already, or is cut short; the others' tasks run.
template <class F>
void run_guarded(F&& call) {
  if (!within_memory(call)) PERCH_ERROR("loop", "msg=\"out of memory, something was left undone\"");
}

// A GSource whose dispatch calls a std::function that its owner keeps.
struct CallbackSource {
  GSource base;
  Task* callback;
};
gboolean dispatch_callback(GSource* source, GSourceFunc, gpointer) {
  run_guarded(*reinterpret_cast<CallbackSource*>(source)->callback);
  return G_SOURCE_CONTINUE;
}
GSourceFuncs callback_functions() {
  GSourceFuncs functions{};
  functions.dispatch = dispatch_callback;
  return functions;
}

struct WatchSource {
  GSource base;
  gpointer tag;
  std::function<void(unsigned)>* on_ready;
};
gboolean dispatch_watch(GSource* source, GSourceFunc, gpointer) {
  auto* watch = reinterpret_cast<WatchSource*>(source);
  const GIOCondition condition = g_source_query_unix_fd(source, watch->tag);
  unsigned ready = IoWatch::kNone;
  if (condition & (G_IO_IN | G_IO_ERR | G_IO_HUP)) ready |= IoWatch::kRead;
  if (condition & G_IO_OUT) ready |= IoWatch::kWrite;
  if (ready != IoWatch::kNone) run_guarded([&] { (*watch->on_ready)(ready); });
  return G_SOURCE_CONTINUE;
}
GSourceFuncs watch_functions() {
  GSourceFuncs functions{};
  functions.dispatch = dispatch_watch;
  return functions;
}

gint64 to_glib_time(TimePoint t) {
  // g_get_monotonic_time() is CLOCK_MONOTONIC in microseconds, as is steady_clock here. Rounded up: never early.
  return t == kNever ? -1 : (t.time_since_epoch().count() + 999) / 1000;
}

/// GLib blocks a source during its own callback and wakes the loop through a pipe when it unblocks it, unless the
/// source may recurse. Ours never run a nested loop, so that turn would be for nothing.
void attach(GSource* source, const EventLoop& loop) {
  g_source_set_can_recurse(source, TRUE);
  g_source_attach(source, loop.native());
}

void drop(GSource* source) {
  g_source_destroy(source);
  g_source_unref(source);
}

/// Calls `callback` at its ready time; to be freed with drop_callback_source().
GSource* new_callback_source(Task callback) {
  static GSourceFuncs functions = callback_functions();
  auto kept = std::make_unique<Task>(std::move(callback));  // first: this may fail
  GSource* source = g_source_new(&functions, sizeof(CallbackSource));
  reinterpret_cast<CallbackSource*>(source)->callback = kept.release();
  return source;
}

void drop_callback_source(GSource* source) {
  Task* callback = reinterpret_cast<CallbackSource*>(source)->callback;
  drop(source);
  delete callback;
}

}  // namespace

EventLoop::EventLoop() : context_(g_main_context_new()), task_source_(new_callback_source([this] { run_tasks(); })) {
  attach(task_source_, *this);
}

EventLoop::~EventLoop() {
  drop_callback_source(task_source_);
  g_main_context_unref(context_);
}

void EventLoop::run() {
  g_main_context_push_thread_default(context_);
  while (!quit_) g_main_context_iteration(context_, TRUE);
  g_main_context_pop_thread_default(context_);
}

void EventLoop::quit() {
  post([this] { quit_ = true; });
}

void EventLoop::post(Task task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  constexpr gint64 kAtOnce = 0;
  if (tasks_.size() == 1) g_source_set_ready_time(task_source_, kAtOnce);  // wakes the loop; any thread may
}

/// Tasks that these tasks post run in the next turn, so that I/O is not starved.
void EventLoop::run_tasks() {
  std::vector<Task> due;
  {
    const std::lock_guard lock(mutex_);
    g_source_set_ready_time(task_source_, -1);
    due.swap(tasks_);
  }
  for (const Task& task : due) run_guarded(task);
}

Timer::Timer(EventLoop& loop, Task on_fire) : on_fire_(std::move(on_fire)) {
  source_ = new_callback_source([this] {
    // GLib chose what to call before it called the first; one of these may have disarmed us or put us off since.
    if (deadline_ == kNever || monotonic_now() < deadline_) return;
    set(kNever);  // before the callback, which may set the next deadline
    on_fire_();
  });
  attach(source_, loop);
}

Timer::~Timer() { drop_callback_source(source_); }

void Timer::set(TimePoint deadline) {
  if (deadline == deadline_) return;  // g_source_set_ready_time wakes the loop each time
  deadline_ = deadline;
  g_source_set_ready_time(source_, to_glib_time(deadline));
}

IoWatch::IoWatch(EventLoop& loop, int fd, std::function<void(unsigned)> on_ready) : on_ready_(std::move(on_ready)) {
  static GSourceFuncs functions = watch_functions();
  source_ = g_source_new(&functions, sizeof(WatchSource));
  tag_ = g_source_add_unix_fd(source_, fd, G_IO_IN);
  auto* watch = reinterpret_cast<WatchSource*>(source_);
  watch->tag = tag_;
  watch->on_ready = &on_ready_;
  attach(source_, loop);
}

IoWatch::~IoWatch() { drop(source_); }

void IoWatch::want(unsigned events) {
  if (events == wanted_) return;  // changing the mask wakes the loop: a busy loop if done every turn
  wanted_ = events;
  int condition = 0;
  if (events & kRead) condition |= G_IO_IN;
  if (events & kWrite) condition |= G_IO_OUT;
  g_source_modify_unix_fd(source_, tag_, static_cast<GIOCondition>(condition));
}

SignalWatch::SignalWatch(EventLoop& loop, int signal, std::function<void()> on_signal)
    : source_(g_unix_signal_source_new(signal)), on_signal_(std::move(on_signal)) {
  const auto call = +[](gpointer self) -> gboolean {
    run_guarded(static_cast<SignalWatch*>(self)->on_signal_);
    return G_SOURCE_CONTINUE;
  };
  g_source_set_callback(source_, call, this, nullptr);
  g_source_attach(source_, loop.native());
}

// Destroyed, but not given back: with its last source GLib restores a signal's default action, and a second SIGTERM
// while perchd says goodbye (after Ctrl-C's SIGINT, say) would end it in the middle. So nobody heeds the signal from
// now on, for a hundred bytes.
SignalWatch::~SignalWatch() { g_source_destroy(source_); }

}  // namespace perch
