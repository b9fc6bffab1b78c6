#include "agent/watchdog.hpp"

#include <utility>

namespace perch::agent {

bool Watchdog::on_report(const WorkDone& work) {
  const WorkDone before = std::exchange(last_, work);
  if (work.watching == 0) return true;
  // Somebody came or left, the camera went or came back: what may be expected from now on is counted from here.
  if (work.watching != before.watching || work.camera_away != before.camera_away) return true;
  if (work.picture_packets != before.picture_packets) return true;
  return work.camera_away && work.camera_tries != before.camera_tries;
}

}  // namespace perch::agent
