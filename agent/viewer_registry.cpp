// See viewer_registry.hpp.
#include "agent/viewer_registry.hpp"

#include <algorithm>

namespace perch::agent {
namespace {

using signaling::Reason;

/// Why sessions begun under `before` may not go on under `after`, if so.
std::optional<Reason> ending_between(const Invitation& before, const Invitation& after, UnixTime now) {
  if (!same_key(before, after) || !after.rights.watch) return Reason::kRevoked;
  if (standing_of(after, now) != Standing::kValid) return Reason::kExpired;
  if (before.rights != after.rights) return Reason::kRightsChanged;
  return std::nullopt;
}

}  // namespace

const signaling::SecretKey* ViewerRegistry::key_of(std::string_view viewer) const {
  const auto standing = standings_.find(viewer);
  if (standing == standings_.end() || standing->second != Standing::kValid) return nullptr;
  return &invitations_.find(viewer)->second.key;
}

signaling::Rights ViewerRegistry::rights_of(std::string_view viewer) const {
  return key_of(viewer) != nullptr ? invitations_.find(viewer)->second.rights : signaling::Rights{};
}

void ViewerRegistry::replace(Invitations next, UnixTime now, const Ending& ending) {
  Standings standings;
  for (const auto& [viewer, invitation] : next) standings[viewer] = standing_of(invitation, now);
  for (const auto& [viewer, before] : invitations_) {
    if (standings_.at(viewer) != Standing::kValid) continue;
    const auto after = next.find(viewer);
    const auto reason = after == next.end() ? Reason::kRevoked : ending_between(before, after->second, now);
    if (reason) ending(viewer, *reason);
  }
  invitations_.swap(next);
  standings_.swap(standings);
}

void ViewerRegistry::refresh(UnixTime now, const Ending& ending) {
  for (auto& [viewer, standing] : standings_) {
    const Standing next = standing_of(invitations_.at(viewer), now);
    if (standing == Standing::kValid && next != Standing::kValid) ending(viewer, Reason::kExpired);
    standing = next;
  }
}

std::optional<UnixTime> ViewerRegistry::next_change(UnixTime now) const {
  std::optional<UnixTime> next;
  for (const auto& [viewer, invitation] : invitations_) {
    if (!invitation.expires || *invitation.expires <= now) continue;
    const UnixTime at = standing(viewer) == Standing::kUntimely ? invitation.created : *invitation.expires;
    next = next ? std::min(*next, at) : at;
  }
  return next;
}

Standing ViewerRegistry::standing(const std::string& viewer) const {
  const auto found = standings_.find(viewer);
  return found == standings_.end() ? Standing::kExpired : found->second;
}

std::size_t ViewerRegistry::may_watch() const {
  return static_cast<std::size_t>(std::count_if(standings_.begin(), standings_.end(), [this](const auto& entry) {
    return entry.second == Standing::kValid && invitations_.at(entry.first).rights.watch;
  }));
}

}  // namespace perch::agent
