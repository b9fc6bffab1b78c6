// perch_netsim: an impaired network link between two network namespaces, for tests and benches.
#include <sched.h>
#include <sys/prctl.h>

#include <cstdio>

#include "tests/system/netsim/forwarder.hpp"

namespace {

using namespace perch;

// A packet must leave when it is due, also while encoder and browsers have both processors.
void ask_for_punctuality() {
  sched_param parameters{};
  parameters.sched_priority = 50;
  // Where that is not allowed the lateness in the counters tells; the default timer slack alone would be 50 µs.
  (void)::sched_setscheduler(0, SCHED_FIFO, &parameters);
  (void)::prctl(PR_SET_TIMERSLACK, 1);
}

void say(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

int failed(const Error& error, int code) {
  std::fprintf(stderr, "perch_netsim: %s\n", error.message().c_str());
  return code;
}

}  // namespace

int main(int count, char** values) {
  const auto options = netsim::parse_options({values + 1, static_cast<std::size_t>(count - 1)});
  if (!options) return failed(options.error(), 2);
  if (options->help) return std::puts(netsim::usage().c_str()), 0;
  auto forwarder = netsim::Forwarder::create(*options);
  if (!forwarder) return failed(forwarder.error(), 1);
  ask_for_punctuality();
  if (const auto ended = forwarder->run(say); !ended) return failed(ended.error(), 1);
  say(forwarder->json());
  return 0;
}
