#include "bench/receiver/camera_link.hpp"

#include <unistd.h>

#include "hal/base/text.hpp"
#include "signaling/json.hpp"

namespace perch::bench {
namespace {

using namespace signaling;

MqttOptions mqtt_options(const CameraAddress& address) {
  MqttOptions mqtt;
  mqtt.broker = *parse_broker_url(address.broker);
  mqtt.client_id = "perch-bench-" + std::to_string(::getpid());
  mqtt.subscriptions = {address.prefix + '/' + address.camera + "/to/#"};
  return mqtt;
}

}  // namespace

CameraLink::CameraLink(EventLoop& loop, Random& random, CameraAddress address, Callbacks callbacks)
    : address_(std::move(address)),
      callbacks_(std::move(callbacks)),
      mqtt_(loop, random, mqtt_options(address_),
            {.on_connected = [this] { callbacks_.on_connected(); },
             .on_disconnected = [] {},
             .on_message = [this](std::string_view topic, ByteView payload) { on_message(topic, payload); }}) {}

void CameraLink::send(const SessionKey& key, const Body& body, std::uint64_t seq) {
  const std::string topic = address_.prefix + '/' + address_.camera + "/in/" + key.viewer + '/' + key.session + '/' +
                            to_string(kind_of(body));
  mqtt_.publish(topic, write_message({seq, {}}, body), false);
}

void CameraLink::on_message(std::string_view topic, ByteView payload) {
  const auto levels = split(topic, '/');
  if (levels.size() < 3) return;
  const auto kind = kind_from(levels.back());
  const auto document = JsonDocument::parse(as_text(payload));
  if (!kind || !document) return;
  const auto body = parse_body(*kind, document->root());
  if (body) callbacks_.on_message(levels[levels.size() - 2], *body);
}

}  // namespace perch::bench
