#include "bench/receiver/camera_link.hpp"

#include <unistd.h>

#include <algorithm>

#include "hal/base/text.hpp"
#include "signaling/json.hpp"
#include "tests/signaling/sealing/sealed_viewer.hpp"

namespace perch::bench {
namespace {

using namespace signaling;

std::string state_topic(const CameraAddress& address) { return address.prefix + '/' + address.camera + "/state"; }

MqttOptions mqtt_options(const CameraAddress& address) {
  MqttOptions mqtt;
  mqtt.broker = *parse_broker_url(address.broker);
  mqtt.client_id = "perch-bench-" + std::to_string(::getpid());
  mqtt.subscriptions = {address.prefix + '/' + address.camera + "/to/#"};
  if (!address.guests.empty()) mqtt.subscriptions.push_back(state_topic(address));
  return mqtt;
}

}  // namespace

std::string viewer_name(const CameraAddress& address, std::uint64_t n, const std::string& own) {
  return address.guests.empty() ? own : address.guests[n % address.guests.size()].viewer;
}

CameraLink::CameraLink(EventLoop& loop, Random& random, CameraAddress address, Callbacks callbacks)
    : address_(std::move(address)),
      callbacks_(std::move(callbacks)),
      random_(random),
      mqtt_(loop, random, mqtt_options(address_),
            {.on_connected =
                 [this] {
                   if (!sealed()) callbacks_.on_ready();  // else nothing can be sealed before the state was heard
                 },
             .on_disconnected = [] {},
             .on_message = [this](std::string_view topic, ByteView payload) { on_message(topic, payload); }}) {}

const SecretKey* CameraLink::key_of(std::string_view viewer) const {
  const auto is_it = [&](const Invitation& one) { return one.viewer == viewer; };
  const auto found = std::find_if(address_.guests.begin(), address_.guests.end(), is_it);
  return found == address_.guests.end() ? nullptr : &found->key;
}

void CameraLink::send(const SessionKey& key, const Body& body, std::uint64_t seq) {
  const std::string path = message_path(address_.camera, "in", key, to_string(kind_of(body)));
  std::string payload = write_message({seq, epoch_}, body);
  if (sealed()) {
    const SecretKey* secret = key_of(key.viewer);
    if (secret == nullptr) return;  // who has keys never speaks plainly
    payload = test::sealed_for_camera(*secret, key, path, epoch_, payload, random_);
  }
  mqtt_.publish(address_.prefix + '/' + path, payload, false);
}

void CameraLink::on_state(ByteView payload) {
  const auto document = JsonDocument::parse(as_text(payload));
  const auto member = document ? document->root().member("epoch") : std::nullopt;
  const auto epoch = member ? member->as_text() : std::nullopt;
  if (!epoch) return;  // offline
  if (*epoch != epoch_) {
    previous_epoch_ = std::move(epoch_);
    epoch_ = *epoch;
  }
  callbacks_.on_ready();
}

/// "" when it is not the camera's word.
std::string CameraLink::opened(const SessionKey& key, std::string_view kind, ByteView payload) const {
  if (!sealed()) return std::string(as_text(payload));
  const SecretKey* secret = key_of(key.viewer);
  if (secret == nullptr) return "";
  const std::string path = message_path(address_.camera, "to", key, kind), text(as_text(payload));
  for (const std::string& epoch : {epoch_, previous_epoch_}) {
    std::string body = epoch.empty() ? "" : test::opened_by_viewer(*secret, key, path, epoch, text);
    if (!body.empty()) return body;
  }
  return "";
}

void CameraLink::on_message(std::string_view topic, ByteView payload) {
  if (topic == state_topic(address_)) return on_state(payload);
  const auto levels = split(topic, '/');
  if (levels.size() < 3) return;
  const std::string_view kind_word = levels.back(), session = levels[levels.size() - 2];
  const SessionKey key{std::string(levels[levels.size() - 3]), std::string(session)};
  const auto kind = kind_from(kind_word);
  const auto document = JsonDocument::parse(opened(key, kind_word, payload));
  if (!kind || !document) return;
  const auto envelope = parse_envelope(document->root());
  const auto body = parse_body(*kind, document->root());
  if (envelope && body) callbacks_.on_message(session, envelope->seq, *body);
}

}  // namespace perch::bench
