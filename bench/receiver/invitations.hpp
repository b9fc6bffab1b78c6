// Who the bench programs are at a sealed camera: names and keys out of invitations.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/base/result.hpp"
#include "signaling/sealing/secret_key.hpp"

namespace perch::bench {

struct Invitation {
  std::string viewer;
  signaling::SecretKey key;
};

/// Of a link as `perchctl invite` prints it; nothing without a viewer's name and key.
[[nodiscard]] std::optional<Invitation> parse_invitation(std::string_view link);

/// A file of links, one a line, because a command line is for everybody to read. kIo: it cannot be read; kInvalid: a
/// line is no invitation, or there is none.
[[nodiscard]] Result<std::vector<Invitation>> read_invitations(const std::string& path);
/// The same for a program's options: what is wrong is said on stderr, and the program ends.
[[nodiscard]] std::vector<Invitation> invitations_or_exit(const std::string& path);

}  // namespace perch::bench
