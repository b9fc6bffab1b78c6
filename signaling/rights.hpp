// What an invited viewer may do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hal/base/result.hpp"

namespace perch::signaling {

/// Enforced in the camera; told to the viewer so that its page shows no button that would do nothing.
struct Rights {
  bool watch = false;    ///< without it there is no session
  bool listen = false;   ///< hear the microphone
  bool talk = false;     ///< be heard through the loudspeaker
  bool control = false;  ///< list and set the camera's controls
  bool operator==(const Rights&) const = default;
};

/// Their words on the wire and in files, in this order: watch, listen, talk, control.
[[nodiscard]] std::vector<std::string> words_of(const Rights& rights);
/// kInvalid, with the words there are, for any other; repeating one is harmless.
[[nodiscard]] Result<Rights> rights_from(const std::vector<std::string_view>& words);

}  // namespace perch::signaling
