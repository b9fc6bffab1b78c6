#include "tests/system/netsim/forwarder.hpp"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace perch::netsim {
namespace {

Result<UniqueFd> open_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) sigaddset(&set, signal);
  if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) return fail_errno("sigprocmask");
  UniqueFd fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd) return fail_errno("signalfd");
  return fd;
}

// CLOCK_MONOTONIC is what TimePoint counts as well, so that a deadline is handed over as it is.
Result<void> set_timer(int fd, TimePoint deadline) {
  const auto ns = nanoseconds(deadline.time_since_epoch()).count();
  itimerspec spec{};
  spec.it_value = {ns / 1'000'000'000, ns % 1'000'000'000};
  if (::timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, nullptr) != 0) return fail_errno("timerfd_settime");
  return {};
}

std::string started_line() {
  const auto unix_time = std::chrono::system_clock::now().time_since_epoch();
  return R"({"event":"started","unix_ms":)" +
         std::to_string(std::chrono::duration<double, std::milli>(unix_time).count()) + "}";
}

}  // namespace

Forwarder::Forwarder(const Options& options, UniqueFd a, UniqueFd b, UniqueFd epoll, UniqueFd timer, UniqueFd signals)
    : a_(std::move(a)),
      b_(std::move(b)),
      epoll_(std::move(epoll)),
      timer_(std::move(timer)),
      signals_(std::move(signals)),
      a_to_b_(a_.get(), b_.get(), Link(options.a_to_b, 2 * options.seed)),
      b_to_a_(b_.get(), a_.get(), Link(options.b_to_a, 2 * options.seed + 1)),
      ends_at_(monotonic_now() + options.lifetime),
      start_asked_(!options.wait_for_signal) {}

Result<Forwarder> Forwarder::create(const Options& options) {
  auto signals = open_signals();
  if (!signals) return fail(signals.error());
  auto a = open_tun(options.a);
  if (!a) return fail(a.error());
  auto b = open_tun(options.b);
  if (!b) return fail(b.error());
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!epoll || !timer) return fail_errno("epoll or timerfd");
  Forwarder forwarder(options, std::move(*a), std::move(*b), std::move(epoll), std::move(timer), std::move(*signals));
  for (const UniqueFd* fd : {&forwarder.a_, &forwarder.b_, &forwarder.timer_, &forwarder.signals_}) {
    if (const auto watched = forwarder.watch(fd->get()); !watched) return fail(watched.error());
  }
  return forwarder;
}

Result<void> Forwarder::watch(int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return fail_errno("epoll_ctl");
  return {};
}

Result<void> Forwarder::run(const std::function<void(const std::string&)>& say) {
  say(R"({"event":"ready"})");
  while (!end_asked_ && monotonic_now() < ends_at_) {
    if (std::exchange(start_asked_, false)) {
      start_links();
      say(started_line());
    }
    const TimePoint now = monotonic_now();
    a_to_b_.deliver(now);
    b_to_a_.deliver(now);
    if (const auto waited = wait(); !waited) return fail(waited.error());
  }
  return {};
}

void Forwarder::start_links() {
  const TimePoint now = monotonic_now();
  a_to_b_.start(now);
  b_to_a_.start(now);
}

Result<void> Forwarder::wait() {
  const TimePoint deadline = std::min({a_to_b_.deadline(), b_to_a_.deadline(), ends_at_});
  if (const auto set = set_timer(timer_.get(), deadline); !set) return fail(set.error());
  std::array<epoll_event, 4> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), -1);
  if (count < 0 && errno != EINTR) return fail_errno("epoll_wait");
  for (int i = 0; i < count; ++i) {
    const int fd = events[static_cast<std::size_t>(i)].data.fd;
    if (fd == a_.get()) a_to_b_.take();
    if (fd == b_.get()) b_to_a_.take();
    if (fd == signals_.get()) read_signals();
    // The timer's own count is not read: setting it again takes the event back.
  }
  return {};
}

void Forwarder::read_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGUSR1) {
      start_asked_ = true;
    } else {
      end_asked_ = true;
    }
  }
}

std::string Forwarder::json() const { return "{\"a_to_b\":" + a_to_b_.json() + ",\"b_to_a\":" + b_to_a_.json() + "}"; }

}  // namespace perch::netsim
