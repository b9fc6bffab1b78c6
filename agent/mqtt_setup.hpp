// The broker's part of the configuration, as the MQTT client takes it.
#pragma once

#include "agent/config.hpp"
#include "hal/base/result.hpp"
#include "signaling/mqtt_client.hpp"

namespace perch::agent {

/// Reads the secrets' files. Errors: one of them cannot be read, or others could.
[[nodiscard]] Result<signaling::MqttOptions> mqtt_options(const Config& config);

}  // namespace perch::agent
