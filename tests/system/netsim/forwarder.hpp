// The loop of the emulator: two directions, one timer, signals.
#pragma once

#include <csignal>
#include <functional>
#include <string>

#include "hal/base/result.hpp"
#include "hal/base/unique_fd.hpp"
#include "tests/system/netsim/direction.hpp"
#include "tests/system/netsim/options.hpp"

namespace perch::netsim {

/// Owns both devices while it runs. One thread, whose SIGTERM, SIGINT and SIGUSR1 it takes over.
class Forwarder {
 public:
  [[nodiscard]] static Result<Forwarder> create(const Options& options);

  /// Until SIGTERM, SIGINT or the end of its lifetime. `say` hears each line for the parent: "ready" and "started".
  [[nodiscard]] Result<void> run(const std::function<void(const std::string&)>& say);
  /// {"a_to_b": {...}, "b_to_a": {...}}
  [[nodiscard]] std::string json() const;

 private:
  Forwarder(const Options& options, UniqueFd a, UniqueFd b, UniqueFd epoll, UniqueFd timer, UniqueFd signals);
  [[nodiscard]] Result<void> watch(int fd);
  /// Sleeps until a packet comes, one is due, or a signal; then takes the packets.
  [[nodiscard]] Result<void> wait();
  void read_signals();
  void start_links();

  UniqueFd a_, b_, epoll_, timer_, signals_;
  Direction a_to_b_, b_to_a_;
  TimePoint ends_at_;
  bool start_asked_ = false;
  bool end_asked_ = false;
};

}  // namespace perch::netsim
