#include "net/mdns/client.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "hal/base/log.hpp"

namespace perch::net::mdns {
namespace {

constexpr char kModule[] = "mdns";
constexpr int kMostPerTurn = 16;  // so that a flood leaves the loop time for media
constexpr std::size_t kMostChannels = 16;

}  // namespace

Client::Channel::Channel(Client& client, GroupSocket opened)
    : socket(std::move(opened)),
      watch(client.loop_, socket.fd(), [&client, this](unsigned) { client.on_readable(socket); }) {}

Client::Client(EventLoop& loop, AddressList only)
    : loop_(loop), only_(std::move(only)), timer_(loop, [this] { on_timer(); }) {}

Client::~Client() = default;

std::unique_ptr<Client::Lookup> Client::look_up(std::string_view name, OnOutcome on_outcome) {
  auto asked = resolver_.ask(monotonic_now(), name);
  if (!asked) return nullptr;
  auto lookup = std::make_unique<Lookup>(*this, std::move(*asked), std::move(on_outcome));
  lookups_.push_back(lookup.get());
  if (channels_.empty()) open_channels();
  pump();
  return lookup;
}

void Client::open_channels() {
  std::set<std::pair<unsigned, bool>> joined;
  for (const LocalAddress& address : local_addresses(only_)) {
    if (joined.size() >= kMostChannels || !joined.emplace(address.interface, address.v6).second) continue;
    auto socket = GroupSocket::open(address);
    if (!socket) PERCH_DEBUG(kModule, "msg=%s", in_quotes(socket.error().message()).c_str());
    if (socket) channels_.emplace_back(*this, std::move(*socket));
  }
}

void Client::on_readable(const GroupSocket& socket) {
  std::array<std::uint8_t, kLargestMessage> buffer;
  for (int i = 0; i < kMostPerTurn; ++i) {
    const ByteView message = socket.receive(buffer);
    if (message.empty()) break;
    resolver_.on_datagram(message);
  }
  pump();
}

void Client::drop(Lookup& lookup) {
  lookups_.remove(&lookup);
  if (find(lookup.name_) != nullptr) return;
  resolver_.forget(lookup.name_);
  pump();
}

Client::Lookup* Client::find(const std::string& name) const {
  const auto found = std::find_if(lookups_.begin(), lookups_.end(), [&](Lookup* one) { return one->name_ == name; });
  return found == lookups_.end() ? nullptr : *found;
}

/// Outcomes are told, and sockets closed, by the timer: neither from within look_up() nor from a socket's own callback.
void Client::pump() {
  while (const auto query = resolver_.next_query())
    for (const Channel& channel : channels_) channel.socket.send(*query);
  const bool at_once = resolver_.has_outcome() || (resolver_.idle() && !channels_.empty());
  timer_.set(at_once ? TimePoint{} : resolver_.deadline());
}

void Client::on_timer() {
  resolver_.on_deadline(monotonic_now());
  while (const auto outcome = resolver_.next_outcome()) tell(*outcome);
  if (resolver_.idle()) channels_.clear();
  pump();
}

void Client::tell(const Resolver::Outcome& outcome) {
  while (Lookup* lookup = find(outcome.name)) {
    lookups_.remove(lookup);
    const OnOutcome on_outcome = lookup->on_outcome_;  // it may destroy the lookup
    on_outcome(outcome.address);
  }
}

}  // namespace perch::net::mdns
