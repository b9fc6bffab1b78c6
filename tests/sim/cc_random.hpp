// Random quantities that are the same on every machine: no function of the C library is involved.
#pragma once

#include "hal/base/random.hpp"

namespace perch::sim {

/// Mean 0, standard deviation 1, by the sum of twelve uniform values; reaches to ±6.
inline double gaussian(Random& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.unit();
  return sum;
}

/// Exponential with mean 1: von Neumann's method, which only compares uniform values.
inline double exponential(Random& random) {
  for (double whole = 0;; ++whole) {
    const double first = random.unit();
    double previous = first;
    bool even = false;  // length of the falling run after the first value
    for (double next = random.unit(); next < previous; next = random.unit()) {
      previous = next;
      even = !even;
    }
    if (!even) return whole + first;
  }
}

}  // namespace perch::sim
