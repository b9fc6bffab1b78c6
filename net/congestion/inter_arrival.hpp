// Groups packets into bursts and tells how much longer the path took for one burst than for the one before.
#pragma once

#include <cstdint>
#include <optional>

#include "hal/base/time.hpp"

namespace perch::net {

/// draft-ietf-rmcat-gcc-02 §5.2: packets sent within 5 ms are one group, because links that send in bursts would
/// otherwise look like queues. Single thread.
class InterArrival {
 public:
  /// From the last packet of one group to the last of the next.
  struct Delta {
    microseconds sent{};
    microseconds arrived{};
    microseconds arrived_at{};  ///< receiver's clock
  };

  /// Nothing until a group is complete, which its successor's first packet tells.
  std::optional<Delta> add(microseconds sent_at, microseconds arrived_at);
  void reset() { *this = InterArrival(); }

 private:
  struct Group {
    microseconds first_sent{};
    microseconds last_sent{};
    microseconds first_arrived{};
    microseconds last_arrived{};
  };
  [[nodiscard]] bool belongs(microseconds sent_at, microseconds arrived_at) const;

  std::optional<Group> previous_;
  std::optional<Group> current_;
};

}  // namespace perch::net
