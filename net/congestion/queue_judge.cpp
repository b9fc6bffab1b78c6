#include "net/congestion/queue_judge.hpp"

#include <algorithm>

namespace perch::net {
namespace {

// One packet of ours may stand in the queue. In milliseconds that is more for small flows than for large ones, which
// makes flows that share a queue drift towards equal rates: the idea of TCP Vegas.
constexpr double kOwnBits = 10'000;
constexpr Duration kPatience = seconds(1);     // what we caused is gone by then: rates fall by a fifth
constexpr microseconds kNotWorthIt{30'000};    // nobody is starved by a queue this short
constexpr Duration kForeignFor = seconds(10);  // about one cycle of a TCP flow; then the experiment is repeated

}  // namespace

bool QueueJudge::update(TimePoint now, microseconds standing, Bitrate rate, Duration response) {
  excess_us_ = static_cast<double>(standing.count()) - kOwnBits * 1e6 / static_cast<double>(rate.bps());
  if (excess_us_ <= 0) {
    giving_way_ = false;
    return false;
  }
  if (foreign(now)) return false;
  if (!giving_way_) {
    giving_way_ = true;
    since_ = now;
    before_ = standing;
  }
  if (now - since_ >= std::max<Duration>(kPatience, 3 * response)) {
    giving_way_ = false;
    if (standing >= before_ && standing > kNotWorthIt) foreign_until_ = now + kForeignFor;
  }
  return true;
}

}  // namespace perch::net
