// Who may speak to the camera just now: the invitations in force, and what changes among them mean for sessions.
#pragma once

#include <functional>

#include "agent/viewer_folder.hpp"
#include "signaling/reasons.hpp"
#include "signaling/sealing/key_ring.hpp"

namespace perch::agent {

/// Thread: ctl. Time is an argument; expired invitations count until refresh() is told of it.
class ViewerRegistry final : public signaling::KeyRing {
 public:
  /// Called for a viewer whose sessions must end, while its old key can still seal the goodbye.
  using Ending = std::function<void(const std::string& viewer, signaling::Reason)>;

  [[nodiscard]] const signaling::SecretKey* key_of(std::string_view viewer) const override;
  [[nodiscard]] signaling::Rights rights_of(std::string_view viewer) const override;

  /// Takes what the folder holds now: all of it, or nothing when this or `ending` throws.
  void replace(Invitations next, UnixTime now, const Ending& ending);
  /// Time has passed, or the clock was set.
  void refresh(UnixTime now, const Ending& ending);
  /// When refresh() will change something.
  [[nodiscard]] std::optional<UnixTime> next_change(UnixTime now) const;

  [[nodiscard]] const Invitations& invitations() const { return invitations_; }
  [[nodiscard]] Standing standing(const std::string& viewer) const;
  /// How many of them may come in now: neither expired nor without the right to watch.
  [[nodiscard]] std::size_t may_watch() const;
  [[nodiscard]] bool anybody() const { return may_watch() > 0; }

 private:
  using Standings = std::map<std::string, Standing, std::less<>>;

  Invitations invitations_;
  Standings standings_;  // of each of them, as of the last call
};

}  // namespace perch::agent
