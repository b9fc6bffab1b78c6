// Which errors of an outage are worth telling.
#pragma once

#include <optional>

#include "hal/base/result.hpp"

namespace perch::codec {

/// The first error is news; another kind only when it comes twice in a row, because a device that just appeared may not
/// be opened until its permissions are set. Pure.
class AudioOutage {
 public:
  [[nodiscard]] bool active() const { return reported_.has_value(); }
  /// True when this failure is to be told.
  [[nodiscard]] bool on_failure(Errc code) {
    if (reported_ == code) {
      suspected_.reset();
      return false;
    }
    if (reported_ && suspected_ != code) {
      suspected_ = code;
      return false;
    }
    reported_ = code;
    suspected_.reset();
    return true;
  }
  void end() {
    reported_.reset();
    suspected_.reset();
  }

 private:
  std::optional<Errc> reported_;
  std::optional<Errc> suspected_;  // another kind, seen once
};

}  // namespace perch::codec
