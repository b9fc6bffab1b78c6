// The folder of invitations: one file for each viewer, readable for nobody but the daemon's user.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/invitation.hpp"

namespace perch::agent {

using Invitations = std::map<std::string, Invitation, std::less<>>;

struct ViewerFolder {
  Invitations viewers;
  std::vector<std::string> problems;  ///< one sentence for each file that was left out, and why
  std::optional<Error> unreadable;    ///< why nothing in the folder counts; stands among the problems, too
};

inline constexpr std::size_t kMaxInvitations = 1000;
inline constexpr std::size_t kMaxInvitationBytes = 4096;

/// NAME.toml of every viewer. A file that others may read, that belongs to somebody else, is no plain file, too large
/// or damaged is left out and named; so is everything in a folder that others may write to. A folder that is not there
/// holds nobody, and that is no problem.
[[nodiscard]] ViewerFolder read_viewer_folder(const std::string& folder);

/// Writes NAME.toml: all of it or nothing, also when the power fails, mode 0600, owned by whoever owns the folder.
/// kBusy: there is one already and `replace` was not asked for. kPermission: with the way out.
[[nodiscard]] Result<void> save_invitation(const std::string& folder, const Invitation& invitation, bool replace);
/// kNotFound: nobody of that name was invited.
[[nodiscard]] Result<void> delete_invitation(const std::string& folder, const std::string& viewer);
/// Makes the folder if need be, mode 0700, for the user who owns `state_dir`, because that is the daemon's.
[[nodiscard]] Result<void> make_viewer_folder(const std::string& folder, const std::string& state_dir);

}  // namespace perch::agent
