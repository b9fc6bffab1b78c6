// perchctl: tells about a camera from the command line.
#include "agent/perchctl_run.hpp"
#include "agent/process_hardening.hpp"

int main(int argc, char** argv) {
#ifdef NDEBUG
  perch::agent::harden_process();  // invitations hold keys; debug builds are there to be looked into
#endif
  return perch::agent::run_perchctl({argv + (argc > 0 ? 1 : 0), argv + argc});
}
