#include "hal/base/event_loop.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <thread>
#include <vector>

#include "hal/base/unique_fd.hpp"

namespace perch {
namespace {

TEST(EventLoop, RunsPostedTasksInOrder) {
  EventLoop loop;
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) loop.post([&order, i] { order.push_back(i); });
  loop.quit();
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(EventLoop, TakesTasksFromOtherThreads) {
  EventLoop loop;
  int ran = 0;
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) loop.post([&ran] { ++ran; });
    loop.quit();
  });
  loop.run();
  other.join();
  EXPECT_EQ(ran, 100);
}

TEST(EventLoop, FreesTasksThatNeverRan) {
  auto token = std::make_shared<int>(1);
  {
    EventLoop loop;
    loop.post([token] {});
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST(Timer, FiresOnceAndMayBeSetAgainFromItsCallback) {
  EventLoop loop;
  int fired = 0;
  Timer* self = nullptr;
  Timer timer(loop, [&] {
    if (++fired == 3) return loop.quit();
    self->set(monotonic_now());
  });
  self = &timer;
  timer.set(monotonic_now());
  loop.run();
  EXPECT_EQ(fired, 3);
}

TEST(Timer, DisarmedNeverFires) {
  EventLoop loop;
  bool fired = false;
  Timer never(loop, [&] { fired = true; });
  never.set(monotonic_now());
  never.set(kNever);
  Timer end(loop, [&] { loop.quit(); });
  end.set(monotonic_now() + milliseconds(5));
  loop.run();
  EXPECT_FALSE(fired);
}

// What another callback of the same turn does to a timer that is due counts: GLib has chosen by then whom it will call.
TEST(Timer, DisarmedInTheTurnInWhichItIsDueNeverFires) {
  EventLoop loop;
  const TimePoint due = monotonic_now();
  bool fired = false;
  Timer* other = nullptr;
  Timer first(loop, [&] { other->set(kNever); });
  Timer second(loop, [&] { fired = true; });
  other = &second;
  first.set(due);
  second.set(due);
  Timer end(loop, [&] { loop.quit(); });
  end.set(due + milliseconds(5));
  loop.run();
  EXPECT_FALSE(fired);
}

TEST(Timer, PutOffInTheTurnInWhichItIsDueFiresWhenItIsDueAgain) {
  EventLoop loop;
  const TimePoint later = monotonic_now() + milliseconds(5);
  TimePoint fired = kNever;
  Timer* other = nullptr;
  Timer first(loop, [&] { other->set(later); });
  Timer second(loop, [&] {
    fired = monotonic_now();
    loop.quit();
  });
  other = &second;
  first.set(monotonic_now());
  second.set(monotonic_now());
  loop.run();
  EXPECT_GE(fired, later);
}

TEST(IoWatch, ReportsWhatIsWantedOnly) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  EventLoop loop;
  unsigned read_ready = 0;
  IoWatch watch(loop, reader.get(), [&](unsigned ready) {
    read_ready = ready;
    loop.quit();
  });
  ASSERT_EQ(::write(writer.get(), "x", 1), 1);
  loop.run();
  EXPECT_EQ(read_ready, static_cast<unsigned>(IoWatch::kRead));
}

TEST(IoWatch, ReportsHangUpAsReadable) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  EventLoop loop;
  bool called = false;
  IoWatch watch(loop, reader.get(), [&](unsigned) {
    called = true;
    loop.quit();
  });
  writer.reset();
  loop.run();
  EXPECT_TRUE(called);
}

TEST(SignalWatch, CallsBackOnTheLoop) {
  EventLoop loop;
  int calls = 0;
  SignalWatch watch(loop, SIGHUP, [&] {
    ++calls;
    loop.quit();
  });
  ASSERT_EQ(::kill(::getpid(), SIGHUP), 0);
  loop.run();
  EXPECT_EQ(calls, 1);
}

// Ctrl-C reaches everybody on a terminal; who started us may then ask us to end as well, while we say goodbye.
TEST(SignalWatch, ASignalThatComesAgainAfterItsTimeEndsNobody) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // GLib hears signals on a thread, which a fork leaves behind
  const auto hear_it_and_go = [] {
    {
      EventLoop loop;
      const SignalWatch watch(loop, SIGUSR1, [&] { loop.quit(); });
      ::raise(SIGUSR1);
      loop.run();
    }
    ::raise(SIGUSR1);
    std::_Exit(0);
  };
  EXPECT_EXIT(hear_it_and_go(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace perch
