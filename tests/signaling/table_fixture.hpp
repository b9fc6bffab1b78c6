// A session table in virtual time with a viewer's side to talk to it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "signaling/session_table.hpp"

namespace perch::signaling::test {

inline const std::string kSession = "abcdefghijklmnopqrstuv";
inline const SessionKey kPhone{"phone", kSession};
inline const std::string kCandidate = "candidate:1 1 udp 1 192.0.2.1 5000 typ host";

/// Session ids that differ in their end.
inline std::string session_id(int n) {
  const std::string digits = std::to_string(n);
  return kSession.substr(digits.size()) + digits;
}

class TableTest : public ::testing::Test {
 protected:
  static CameraState camera() {
    CameraState state{.id = "cam", .name = "Camera", .version = "1"};
    state.max_viewers = 3;
    return state;
  }

  /// One message of a viewer with the next number of its session.
  void send(const SessionKey& key, const Body& body) { send_numbered(key, body, seqs_[key]++); }
  void send_numbered(const SessionKey& key, const Body& body, std::uint64_t seq) {
    send_raw(key, to_string(kind_of(body)), write_message({seq, "any epoch"}, body));
  }
  void send_raw(const SessionKey& key, const std::string& kind, const std::string& payload) {
    table_.on_message(now_, "p/cam/in/" + key.viewer + "/" + key.session + "/" + kind, as_bytes(payload));
  }

  template <class Event>
  [[nodiscard]] std::optional<Event> next() {
    auto event = table_.next_event();
    if (!event || !std::holds_alternative<Event>(*event)) return std::nullopt;
    return std::get<Event>(*event);
  }
  [[nodiscard]] bool no_event() { return !table_.next_event(); }

  [[nodiscard]] std::vector<Publication> drain() {
    std::vector<Publication> all;
    while (auto one = table_.next_publication()) all.push_back(std::move(*one));
    return all;
  }
  /// Everything queued but the retained state.
  [[nodiscard]] std::vector<Publication> drain_messages() {
    std::vector<Publication> all = drain();
    std::erase_if(all, [](const Publication& one) { return one.retain; });
    return all;
  }
  [[nodiscard]] std::string drain_state() {
    std::string state;
    for (const Publication& one : drain()) {
      if (one.retain) state = one.payload;
    }
    return state;
  }
  /// The codes of the errors queued, comma after each.
  [[nodiscard]] std::string drain_errors() {
    std::string codes;
    for (const Publication& one : drain_messages()) {
      if (!one.topic.ends_with("/error")) continue;
      const auto document = JsonDocument::parse(one.payload);
      codes += std::string(*document->root().member("code")->as_text()) + ",";
    }
    return codes;
  }
  /// Offer, answer, connected.
  void connect(const SessionKey& key) {
    send(key, Offer{"v=0", {}});
    table_.send_answer(key, "v=0 answer");
    table_.on_ice_connected(key);
    while (!no_event()) {
    }
    (void)drain();
  }

  TimePoint now_{seconds(1000)};
  SeededRandom random_{1};
  SessionTable table_{now_, "p", camera(), std::make_unique<OpenAccess>(), random_};
  std::map<SessionKey, std::uint64_t> seqs_;
};

}  // namespace perch::signaling::test
