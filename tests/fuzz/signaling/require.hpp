// A promise that must hold for every input.
#pragma once

#include <cstdio>
#include <cstdlib>

#define PERCH_REQUIRE(condition)                                                   \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)
