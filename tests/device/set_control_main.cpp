// perch_set_control DEVICE NAME VALUE: sets a control of a camera by its name.
#include <cstdio>
#include <cstdlib>

#include "tests/device/vivid.hpp"

int main(int count, char** arguments) {
  if (count == 4 && perch::video::set_control(arguments[1], arguments[2], std::atoi(arguments[3]))) return 0;
  std::fprintf(stderr, "perch_set_control: cannot set that\n");
  return 1;
}
