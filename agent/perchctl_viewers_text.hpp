// What perchctl says about the invited, for people and for programs. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "agent/invitation.hpp"

namespace perch::agent {

/// perchd's answer to `viewers` as a table for people. Errors: what perchd refused, or an answer that is none.
[[nodiscard]] Result<std::string> viewers_table(const std::string& answer);

/// How many sessions `viewer` has by the same answer; nothing when it does not say.
[[nodiscard]] std::optional<std::size_t> sessions_in(const std::string& answer, const std::string& viewer);

/// "phone may watch, listen until 2026-12-31T12:00:00Z; 1 session begins anew". `sessions`: that were ended by a
/// change, nothing when none had to be or that is not known.
[[nodiscard]] std::string rights_sentence(const Invitation& invitation, std::optional<std::size_t> sessions);
/// "phone is revoked; 1 session ended".
[[nodiscard]] std::string revoked_sentence(const std::string& viewer, std::optional<std::size_t> sessions);

/// `{"ok":true,"name":…,"link":…,"rights":[…],"created":…,"expires":…}`: with the key, in the link.
[[nodiscard]] std::string link_as_json(const Invitation& invitation, const std::string& link);
/// `{"ok":true,"name":…,"rights":[…],"created":…,"expires":…,"sessions_ended":1}`, the last where it is known.
[[nodiscard]] std::string rights_as_json(const Invitation& invitation, std::optional<std::size_t> sessions);
/// `{"ok":true,"name":…,"revoked":true,"sessions_ended":1}`, the last where it is known.
[[nodiscard]] std::string revoked_as_json(const std::string& viewer, std::optional<std::size_t> sessions);

}  // namespace perch::agent
