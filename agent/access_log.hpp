// What the log says about who may come in: the security events of the invited (SECURITY.md). Never a key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/viewer_registry.hpp"

namespace perch::agent {

/// A line for each event between two looks at the folder, in the order of the names: `state=` is invited, revoked,
/// key_changed, rights_changed or expiry_changed, the latter two with what was `before`. Pure.
[[nodiscard]] std::vector<std::string> access_events(const Invitations& before, const Invitations& after);

/// Says that nobody may watch, and again only after somebody could.
class NobodyNotice {
 public:
  /// Call after each change among the invited. The line to log, if there is one.
  [[nodiscard]] std::optional<std::string> on_change(const ViewerRegistry& registry);

 private:
  bool nobody_ = false;
};

}  // namespace perch::agent
