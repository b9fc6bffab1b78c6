// JSON of the retained state.
#include "signaling/camera_state.hpp"

#include <algorithm>
#include <iterator>

#include "signaling/message_writer.hpp"

namespace perch::signaling {
namespace {

std::vector<IceServer> without_secrets(const std::vector<IceServer>& servers) {
  std::vector<IceServer> open;
  std::copy_if(servers.begin(), servers.end(), std::back_inserter(open),
               [](const IceServer& server) { return server.username.empty() && server.credential.empty(); });
  return open;
}

}  // namespace

const char* to_string(CameraHealth health) {
  switch (health) {
    case CameraHealth::kOk: return "ok";
    case CameraHealth::kLost: return "lost";
    case CameraHealth::kPrivacy: return "privacy";
  }
  return "lost";
}

std::string write_online(const CameraState& state, std::string_view epoch) {
  JsonWriter out;
  out.begin_object().member("v", kProtocolVersion).member("online", true).member("epoch", epoch);
  out.member("id", state.id).member("name", state.name).member("version", state.version).member("access", state.access);
  out.member("camera", to_string(state.camera))
      .member("viewers", state.viewers)
      .member("max_viewers", state.max_viewers);
  out.member("video", state.video).member("audio", state.audio).member("talk", state.talk);
  if (state.talk) out.member("talking", state.talking);
  if (state.microphone_lost) out.member("microphone", "lost");
  if (!state.encoder.empty()) out.member("encoder", state.encoder);
  if (state.nobody_invited) out.member("invited", false);
  write_ice_servers(out, without_secrets(state.ice_servers));
  return out.end_object().take();
}

std::string write_offline(std::string_view id) {
  JsonWriter out;
  return out.begin_object().member("v", kProtocolVersion).member("online", false).member("id", id).end_object().take();
}

}  // namespace perch::signaling
