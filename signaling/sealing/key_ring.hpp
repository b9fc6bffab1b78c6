// Whom the camera knows: looked up by name for each message.
#pragma once

#include <string_view>

#include "signaling/rights.hpp"
#include "signaling/sealing/secret_key.hpp"

namespace perch::signaling {

/// Who was invited and neither revoked nor expired. Thread: ctl.
class KeyRing {
 public:
  virtual ~KeyRing() = default;
  /// The viewer's K; null for strangers. Borrowed until the ring changes.
  [[nodiscard]] virtual const SecretKey* key_of(std::string_view viewer) const = 0;
  /// Nothing for strangers.
  [[nodiscard]] virtual Rights rights_of(std::string_view viewer) const = 0;
};

}  // namespace perch::signaling
