#include "agent/mqtt_setup.hpp"

#include "agent/config_file.hpp"

namespace perch::agent {
namespace {

/// An empty path is an empty secret.
Result<std::string> secret_in(const std::string& path) { return path.empty() ? std::string() : read_secret_file(path); }

}  // namespace

Result<signaling::MqttOptions> mqtt_options(const Config& config) {
  signaling::MqttOptions options;
  auto url = signaling::parse_broker_url(config.broker.url);
  if (!url) return fail(std::move(url.error()));
  options.broker = std::move(*url);
  options.client_id = "perch-" + config.camera.id;  // a stale twin is taken over by the broker
  options.username = config.broker.username;
  options.tls.ca_file = config.broker.ca_file;
  options.tls.cert_file = config.broker.cert_file;
  options.tls.key_file = config.broker.key_file;
  options.tls.psk_identity = config.broker.psk_identity;
  auto password = secret_in(config.broker.password_file);
  if (!password) return fail(std::move(password.error()));
  options.password = std::move(*password);
  auto psk = secret_in(config.broker.psk_file);
  if (!psk) return fail(std::move(psk.error()));
  options.tls.psk_hex = std::move(*psk);
  return options;
}

}  // namespace perch::agent
