// The retained `state` message: what a camera says of itself to everybody.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "signaling/messages.hpp"

namespace perch::signaling {

enum class CameraHealth { kOk, kLost, kPrivacy };
[[nodiscard]] const char* to_string(CameraHealth health);

struct CameraState {
  std::string id;
  std::string name;
  std::string version;
  std::string access = "open";  ///< "open", "broker" or "sealed"
  CameraHealth camera = CameraHealth::kOk;
  std::uint64_t viewers = 0;      ///< connected ones
  std::uint64_t max_viewers = 8;  ///< sessions, connected or not
  std::vector<std::string> video = {"H264"};
  std::vector<std::string> audio = {};
  bool talk = false;
  bool talking = false;          ///< a viewer is speaking just now; written where talk is possible
  bool microphone_lost = false;  ///< there is one, but it delivers nothing; written only then
  std::string encoder = {};      ///< which was chosen and why, for people; empty before the camera was first opened
  bool nobody_invited = false;   ///< sealed, and nobody holds an invitation; written only then
  std::vector<IceServer> ice_servers = {};
  bool operator==(const CameraState&) const = default;
};

/// Servers that need credentials are left out: the broker and all its readers see this text.
[[nodiscard]] std::string write_online(const CameraState& state, std::string_view epoch);
/// Last will, and the last word on an orderly end.
[[nodiscard]] std::string write_offline(std::string_view id);

}  // namespace perch::signaling
