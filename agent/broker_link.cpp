#include "agent/broker_link.hpp"

#include "hal/base/log.hpp"
#include "hal/base/out_of_memory.hpp"

namespace perch::agent {
namespace {

using namespace signaling;

MqttOptions with_table(MqttOptions options, const SessionTable& table) {
  const Publication will = table.last_will();
  options.will_topic = will.topic;
  options.will_payload = will.payload;
  options.subscriptions = table.subscriptions();
  return options;
}

}  // namespace

BrokerLink::BrokerLink(EventLoop& loop, Random& random, MqttOptions options, SessionTable& table, EventHandler on_event,
                       std::function<void(bool)> on_connection)
    : table_(table),
      on_event_(std::move(on_event)),
      on_connection_(std::move(on_connection)),
      timer_(loop,
             [this] {
               table_.on_deadline(monotonic_now());
               pump();
             }),
      mqtt_(loop, random, with_table(std::move(options), table),
            {.on_connected =
                 [this] {
                   table_.on_broker_connected();
                   on_connection_(true);
                   pump();
                 },
             .on_disconnected = [this] { on_connection_(false); },
             .on_message =
                 [this](std::string_view topic, ByteView payload) {
                   table_.on_message(monotonic_now(), topic, payload);
                   pump();
                 }}) {}

void BrokerLink::pump() {
  if (pumping_) return;  // a handler did something to the table: the loop below sees it
  pumping_ = true;
  const TimePoint now = monotonic_now();
  const bool done = within_memory([&] {
    while (auto event = table_.next_event()) on_event_(now, std::move(*event));
    while (const auto publication = table_.next_publication())
      mqtt_.publish(publication->topic, publication->payload, publication->retain);
  });
  if (!done) PERCH_ERROR("broker", "msg=\"out of memory, a message is lost\"");
  timer_.set(table_.deadline());
  pumping_ = false;
}

void BrokerLink::stop(Duration patience) {
  timer_.set(kNever);
  pump();
  mqtt_.stop(patience);
}

}  // namespace perch::agent
