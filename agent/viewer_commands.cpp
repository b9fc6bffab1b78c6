// See viewer_commands.hpp.
#include "agent/viewer_commands.hpp"

#include "signaling/json.hpp"
#include "signaling/json_writer.hpp"

namespace perch::agent {

std::string write_viewers(const ViewerRegistry& registry, const std::vector<std::string>& problems,
                          const std::function<std::size_t(const std::string&)>& sessions_of) {
  signaling::JsonWriter out;
  out.begin_object().member("ok", true).begin_array("viewers");
  for (const auto& [viewer, invitation] : registry.invitations()) {
    out.begin_object().member("name", viewer).member("rights", signaling::words_of(invitation.rights));
    out.member("created", to_text(invitation.created));
    if (invitation.expires) out.member("expires", to_text(*invitation.expires));
    out.member("standing", to_string(registry.standing(viewer)));
    out.member("sessions", static_cast<std::uint64_t>(sessions_of(viewer))).end_object();
  }
  return out.end_array().member("problems", problems).end_object().take();
}

bool ViewerCommands::handle(const std::string& request, const ControlSocket::Reply& reply) {
  const auto document = signaling::JsonDocument::parse(request);
  const auto member = document ? document->root().member("command") : std::nullopt;
  const std::string_view command = member ? member->as_text().value_or("") : "";
  if (command == "reload_viewers")
    invited_.reload();
  else if (command != "viewers")
    return false;
  reply(write_viewers(invited_.registry(), invited_.problems(), sessions_of_));
  return true;
}

}  // namespace perch::agent
