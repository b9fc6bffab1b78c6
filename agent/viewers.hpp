// Joins signaling to transport: what viewers say becomes links on the net thread, what links do becomes messages.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/agent_status.hpp"
#include "agent/viewer_session.hpp"
#include "hal/base/random.hpp"
#include "net/net_thread.hpp"
#include "signaling/session_table.hpp"

namespace perch::agent {

/// How many sessions want what, connected or connecting.
struct Demand {
  std::size_t pictures = 0;
  std::size_t sound = 0;
  std::size_t held = 0;  ///< of all, those whose answer waits
};

/// Thread: ctl. Holds one entry per live session; leaves limits and message order to the table, packets to the links.
class Viewers {
 public:
  struct Callbacks {
    std::function<void(Demand)> on_demand;  ///< after each change
    std::function<void()> on_joining;       ///< a viewer will need a key frame soon
    /// What the answer to this viewer says about TURN.
    std::function<std::vector<signaling::IceServer>(const std::string& viewer)> ice_servers_for;
    /// A viewer who may do so lists or sets the camera's controls.
    std::function<void(const signaling::SessionKey&, signaling::ControlRequest)> on_control;
  };

  Viewers(signaling::SessionTable& table, net::NetThread& net, const net::Fingerprint& fingerprint, Random& random,
          SoundEquipment sound, Callbacks callbacks);

  void on_event(TimePoint now, signaling::SessionEvent event);
  /// From the links, posted to ctl.
  void on_local_candidate(net::LinkId id, std::string candidate);
  void on_gathering_done(net::LinkId id);
  void on_ice_connected(net::LinkId id);
  void on_connected(net::LinkId id);
  /// The first packet of the first key frame left then.
  void on_picture_began(net::LinkId id, TimePoint at);
  void on_link_ended(net::LinkId id, net::LinkEnd how, const std::string& why);
  /// What this viewer's network lets through.
  void on_quality(net::LinkId id, net::ViewerQuality quality);
  /// Our addresses have changed and the broker can be reached: offers every viewer to find a new path.
  void on_network_change();
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }
  /// Says goodbye to everybody.
  void end_all(signaling::Reason reason);
  /// Without transport figures.
  [[nodiscard]] std::vector<std::pair<net::LinkId, ViewerStatus>> statuses() const;
  [[nodiscard]] const SessionCounters& counters() const { return counters_; }
  /// Those that are connected and want pictures.
  [[nodiscard]] std::size_t watching() const;
  /// The camera may encode by itself, and what it makes is not known before it was opened: offers are answered after
  /// set_profile() or release_answers(). They wait with everything prepared.
  void hold_answers() { holds_ = true; }
  /// profile-level-id of a stream that is passed through as it is; empty: what we encode ourselves. Answers what waits.
  void set_profile(std::string profile_level_id);
  /// Answers what waits with what is known.
  void release_answers();
  /// For logs, "phone/a1b2c3"; empty when the link is gone.
  [[nodiscard]] std::string label(net::LinkId id) const;

 private:
  using Session = ViewerSession;

  void on(TimePoint now, const signaling::OfferReceived& event);
  void on(TimePoint now, const signaling::SolicitReceived& event);
  void on(TimePoint now, const signaling::AnswerReceived& event);
  void on(TimePoint now, const signaling::CandidatesReceived& event);
  void on(TimePoint now, const signaling::SessionEnded& event);
  void on(TimePoint now, const signaling::ControlReceived& event);
  void release(const signaling::SessionKey& key, Session& session);
  void renegotiate(TimePoint now, const signaling::OfferReceived& event, Session& session);
  [[nodiscard]] Session start_session(TimePoint now, const signaling::SessionKey& key);
  void open_link(const signaling::SessionKey& key, Session& session, bool controlling);
  void connect_link(const Session& session);
  void send_answer(const signaling::SessionKey& key, Session& session, std::string sdp, bool with_servers);
  void offer_move(const signaling::SessionKey& key, Session& session);
  void finish_move(const signaling::SessionKey& key, Session& session);
  void reject(TimePoint now, const signaling::SessionKey& key, const Error& why);
  /// With its link; nothing happens where there is no session.
  void drop(const signaling::SessionKey& key);
  void abandon(const signaling::SessionKey& key, net::LinkId first_new);
  void tell_demand() const;
  /// The session behind a link, or null when it is gone.
  [[nodiscard]] Session* find(net::LinkId id, signaling::SessionKey& key);

  signaling::SessionTable& table_;
  net::NetThread& net_;
  const std::string fingerprint_;
  Random& random_;
  const SoundEquipment sound_;
  const Callbacks callbacks_;
  std::string profile_;
  bool holds_ = false;
  net::LinkId next_link_ = 1;
  std::map<signaling::SessionKey, Session> sessions_;
  std::map<net::LinkId, signaling::SessionKey> by_link_;
  SessionCounters counters_;
};

}  // namespace perch::agent
