// Where memory running out stops: the edge between our code and the C libraries and loops that call it.
#pragma once

#include <new>

namespace perch {

/// Runs `call`; false when memory ran out in it, whose work is then left undone. C libraries cannot pass an exception
/// on, so every callback that they make and that allocates goes through here, or through EventLoop, which does.
template <class F>
[[nodiscard]] bool within_memory(F&& call) {
  try {
    call();
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace perch
