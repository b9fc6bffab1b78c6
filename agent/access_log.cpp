// See access_log.hpp.
#include "agent/access_log.hpp"

namespace perch::agent {
namespace {

std::string end_of(const Invitation& invitation) { return invitation.expires ? to_text(*invitation.expires) : "never"; }

std::string rights_of(const Invitation& invitation) {
  std::string list;
  for (const std::string& word : signaling::words_of(invitation.rights)) list += (list.empty() ? "" : ",") + word;
  return list.empty() ? "none" : list;
}

std::string event(const Invitation& whose, const char* state) { return "viewer=" + whose.viewer + " state=" + state; }

void tell_changes(const Invitation& before, const Invitation& after, std::vector<std::string>& events) {
  if (!same_key(before, after)) events.push_back(event(after, "key_changed"));
  if (before.rights != after.rights)
    events.push_back(event(after, "rights_changed") + " rights=" + rights_of(after) + " before=" + rights_of(before));
  if (before.expires != after.expires)
    events.push_back(event(after, "expiry_changed") + " expires=" + end_of(after) + " before=" + end_of(before));
}

}  // namespace

std::vector<std::string> access_events(const Invitations& before, const Invitations& after) {
  std::vector<std::string> events;
  for (const auto& [viewer, invitation] : before)
    if (!after.contains(viewer)) events.push_back(event(invitation, "revoked"));
  for (const auto& [viewer, invitation] : after) {
    const auto known = before.find(viewer);
    if (known != before.end())
      tell_changes(known->second, invitation, events);
    else
      events.push_back(event(invitation, "invited") + " rights=" + rights_of(invitation) +
                       " expires=" + end_of(invitation));
  }
  return events;
}

std::optional<std::string> NobodyNotice::on_change(const ViewerRegistry& registry) {
  const bool nobody = !registry.anybody();
  std::optional<std::string> notice;
  if (nobody && !nobody_) {
    const std::size_t invited = registry.invitations().size();
    const char* way_out = invited == 0 ? "nobody may watch yet: perchctl invite NAME makes a link"
                                       : "none of the invited may watch just now: perchctl viewers tells why";
    notice = "state=sealed invited=" + std::to_string(invited) + " may_watch=0 msg=\"" + way_out + '"';
  }
  nobody_ = nobody;  // last: where memory ran out for the words, they are to come next time
  return notice;
}

}  // namespace perch::agent
