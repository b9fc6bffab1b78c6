// The receiving side of transport-wide congestion control, as simulated viewers have it.
#pragma once

#include "net/feedback_recorder.hpp"

namespace perch::sim {
using net::FeedbackRecorder;
}  // namespace perch::sim
