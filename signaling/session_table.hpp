// The signaling side of one camera as a state machine: messages of all viewers in, answers and events out.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/base/bytes.hpp"
#include "hal/base/random.hpp"
#include "hal/base/time.hpp"
#include "signaling/access_policy.hpp"
#include "signaling/camera_state.hpp"
#include "signaling/epoch_clock.hpp"
#include "signaling/rate_limits.hpp"
#include "signaling/recent_sessions.hpp"
#include "signaling/session_events.hpp"
#include "signaling/state_guard.hpp"

namespace perch::signaling {

/// What happened and was not worth a log line each. Never reset.
struct SignalingCounters {
  std::uint64_t ignored = 0;          ///< topics that are not ours or name nobody
  std::uint64_t unauthenticated = 0;  ///< dropped by the access policy
  std::uint64_t duplicates = 0;       ///< seen before: QoS 1 repeats, replays
  std::uint64_t errors_sent = 0;
  std::uint64_t errors_suppressed = 0;    ///< would have been sent, had there not been so many
  std::uint64_t refused_silently = 0;     ///< offers over the rate, after the first refusal
  std::uint64_t candidates_stripped = 0;  ///< unusable ones
  std::uint64_t states_denied = 0;        ///< somebody else's word in our `state`
};

/// Decides which sessions exist, numbers and dates their messages, and keeps the retained state fresh. Leaves to the
/// agent: SDP, ICE, media, and the broker connection. Memory is bounded whatever comes in. Thread: ctl, no locks. After
/// each batch of calls drain next_event() and next_publication(), then arm a timer for deadline(). Sends to sessions
/// that are gone are ignored, because a session may end while its answer is on the way.
class SessionTable {
 public:
  /// From its first offer a session has this long to connect.
  static constexpr Duration kConnectTime = seconds(15);

  /// `state` holds identity and limits; `access` and `viewers` in it are the table's own business. `random` must
  /// outlive it.
  SessionTable(TimePoint now, std::string prefix, CameraState state, std::unique_ptr<AccessPolicy> access,
               Random& random);

  /// A message from the broker, of any size and content.
  void on_message(TimePoint now, std::string_view topic, ByteView payload);
  [[nodiscard]] TimePoint deadline() const;
  void on_deadline(TimePoint now);
  [[nodiscard]] std::optional<SessionEvent> next_event();
  /// Candidates given in one turn leave as one message, after the description they belong to; the state comes last.
  [[nodiscard]] std::optional<Publication> next_publication();

  void send_answer(const SessionKey& key, std::string sdp, std::vector<IceServer> ice_servers = {});
  /// After SolicitReceived, or in a live session whose last offer is answered: a new ICE generation begins.
  void send_offer(const SessionKey& key, std::string sdp);
  void send_candidate(const SessionKey& key, IceCandidate candidate);
  void send_end_of_candidates(const SessionKey& key);
  /// The viewer's answer to our offer is good.
  void on_answer_accepted(const SessionKey& key);
  /// Refuses the offer (or answer) at hand. A session that has not agreed on anything yet ends with it, without an
  /// event: ask has() afterwards; one that has goes on as it was.
  void reject_offer(TimePoint now, const SessionKey& key, ErrorCode code, std::string message);
  /// Ends the session from our side.
  void send_bye(const SessionKey& key, Reason reason);
  /// Ends them all.
  void end_all(Reason reason);
  /// Ends what this viewer has, with an event for each. To be called while the viewer's key is still known, else the
  /// `bye` cannot be sealed. Gives their number.
  std::size_t end_viewer(std::string_view viewer, Reason reason);
  void send_control_report(const SessionKey& key, ControlReport report);
  /// The latest is kept, and said again when it may have been lost: see on_broker_connected().
  void send_notice(const SessionKey& key, Notice notice);

  /// The session connected: its time is no longer limited, and it counts as a viewer.
  void on_ice_connected(const SessionKey& key);
  /// It has to connect once more: from now on it has kConnectTime again, and does not count as a viewer.
  void on_link_began_anew(TimePoint now, const SessionKey& key);
  void set_camera(CameraHealth health);
  /// Somebody is heard through the loudspeaker.
  void set_talking(bool talking);
  /// See CameraState::microphone_lost.
  void set_microphone_lost(bool lost);
  /// See CameraState::nobody_invited.
  void set_nobody_invited(bool nobody);
  /// See CameraState::encoder.
  void set_encoder(std::string words);
  /// No new sessions: they are told that the camera is busy.
  void set_draining(bool draining) { draining_ = draining; }
  /// The retained message as it would be published now.
  [[nodiscard]] std::string state_text() const;
  void set_name(std::string name);
  /// Sessions there are already stay.
  void set_max_viewers(std::uint64_t max_viewers);
  void set_ice_servers(std::vector<IceServer> servers);
  /// After each (re)connection to the broker: publishes the state again, then the latest notice of each session. What
  /// was published shortly before the connection broke, or while there was none, nobody has heard.
  void on_broker_connected();
  /// The last publication is `state` offline; nothing follows it.
  void go_offline();

  [[nodiscard]] std::vector<std::string> subscriptions() const { return {topics_.inbox_filter(), topics_.state()}; }
  [[nodiscard]] Publication last_will() const { return {topics_.state(), write_offline(topics_.camera()), true}; }
  [[nodiscard]] bool has(const SessionKey& key) const { return sessions_.contains(key); }
  [[nodiscard]] Rights rights_of(std::string_view viewer) const { return access_->rights_of(viewer); }
  /// How many sessions this viewer has, connected or not.
  [[nodiscard]] std::size_t sessions_of(std::string_view viewer) const;
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }
  [[nodiscard]] const SignalingCounters& counters() const { return counters_; }
  [[nodiscard]] Epochs epochs() const { return epochs_.epochs(); }

 private:
  struct Session {
    SessionNumbers numbers;
    TimePoint connect_by = kNever;
    TokenBucket renegotiations{5, 0.5};
    TokenBucket controls{20, 10};
    TokenBucket reminders{5, 0.5};
    bool described = false;      ///< a description of ours went out
    bool agreed = false;         ///< on an offer and its answer, once at least
    bool awaits_answer = false;  ///< it was an offer, and nothing came back yet
    bool connected = false;
    std::size_t candidates_in = 0;  ///< of this ICE generation
    std::size_t candidates_out = 0;
    Candidates waiting;            ///< for the next drain
    std::optional<Notice> notice;  ///< the latest
  };
  using Sessions = std::map<SessionKey, Session>;
  /// A message whose sender and number are known.
  struct Incoming {
    TimePoint now;
    SessionKey key;
    std::optional<std::uint64_t> seq;
  };

  void on_own_state(TimePoint now, ByteView payload);
  void deny_lies(TimePoint now);
  void on_body(Incoming in, std::string_view kind, std::string_view body);
  [[nodiscard]] bool is_new(const Incoming& in);
  void dispatch(const Incoming& in, Body body);
  void on(const Incoming& in, Offer offer);
  void on(const Incoming& in, Solicit solicit);
  void on(const Incoming& in, Answer answer);
  void on(const Incoming& in, Candidates batch);
  void on(const Incoming& in, const Bye& bye);
  void on(const Incoming& in, const ErrorMessage& error);
  void on(const Incoming& in, Control control);
  void on(const Incoming& in, const Notice& notice);
  void renegotiate(const Incoming& in, Session& session, Offer offer);
  [[nodiscard]] bool admit(const Incoming& in);
  [[nodiscard]] bool is_closed(const Incoming& in);
  [[nodiscard]] std::vector<IceCandidate> usable(std::vector<IceCandidate> list);
  void answer_error(const Incoming& in, ErrorCode code, std::string message);

  [[nodiscard]] Session* find(const SessionKey& key);
  void remind(const SessionKey& key, Session& session);
  void queue(const SessionKey& key, SessionNumbers& numbers, const Body& body);
  void describe(const SessionKey& key, Session& session, const Body& body);
  void forget(Sessions::iterator session);
  void end_overdue(TimePoint now);
  void flush_candidates();
  void publish_state();
  [[nodiscard]] CameraState current_state() const;

  TopicTree topics_;
  CameraState state_;
  std::unique_ptr<AccessPolicy> access_;
  EpochClock epochs_;
  RateLimits rates_;
  RecentSessions recent_;
  Sessions sessions_;
  std::deque<SessionEvent> events_;
  std::deque<Publication> publications_;
  SignalingCounters counters_;
  StateGuard guard_;
  bool state_is_fresh_ = false;
  bool epoch_is_news_ = false;  ///< nobody has been told of it
  bool offline_ = false;
  bool draining_ = false;
};

}  // namespace perch::signaling
