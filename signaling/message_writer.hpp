// The pieces of JSON that messages and the retained state share.
#pragma once

#include <vector>

#include "signaling/json_writer.hpp"
#include "signaling/messages.hpp"

namespace perch::signaling {

/// Member `ice_servers`: RTCIceServer dictionaries, credentials only where there are some.
void write_ice_servers(JsonWriter& out, const std::vector<IceServer>& servers);

}  // namespace perch::signaling
