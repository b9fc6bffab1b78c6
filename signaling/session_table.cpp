// Outgoing side, timers and bookkeeping of the session table; what comes in is in session_inbox.cpp.
#include "signaling/session_table.hpp"

#include <algorithm>
#include <utility>

namespace perch::signaling {

SessionTable::SessionTable(TimePoint now, std::string prefix, CameraState state, std::unique_ptr<AccessPolicy> access,
                           Random& random)
    : topics_(std::move(prefix), state.id),
      state_(std::move(state)),
      access_(std::move(access)),
      epochs_(now, random),
      recent_(access_->answers_strangers() ? EndedSessions::kForgotten : EndedSessions::kRemembered) {
  state_.access = access_->name();
}

TimePoint SessionTable::deadline() const {
  if (offline_) return kNever;
  TimePoint next = std::min(epochs_.deadline(), guard_.deadline());
  for (const auto& [key, session] : sessions_) next = std::min(next, session.connect_by);
  return next;
}

void SessionTable::on_deadline(TimePoint now) {
  if (epochs_.on_deadline(now)) {
    recent_.on_new_epoch();
    state_is_fresh_ = false;
    epoch_is_news_ = true;
  }
  deny_lies(now);
  end_overdue(now);
}

void SessionTable::end_overdue(TimePoint now) {
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    const auto here = it++;
    if (now < here->second.connect_by) continue;
    const SessionKey key = here->first;
    events_.emplace_back(SessionEnded{key, Reason::kIceTimeout, false});
    send_bye(key, Reason::kIceTimeout);
  }
}

std::optional<SessionEvent> SessionTable::next_event() {
  if (events_.empty()) return std::nullopt;
  SessionEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

std::optional<Publication> SessionTable::next_publication() {
  // What is sealed under a new epoch can be opened by those who have heard of it: the state goes first.
  if (epoch_is_news_ && !offline_) publish_state();
  if (publications_.empty()) flush_candidates();
  if (publications_.empty() && !state_is_fresh_ && !offline_) publish_state();
  if (publications_.empty()) return std::nullopt;
  Publication next = std::move(publications_.front());
  publications_.pop_front();
  return next;
}

void SessionTable::publish_state() {
  publications_.push_front({topics_.state(), state_text(), true});
  guard_.on_published(publications_.front().payload);
  state_is_fresh_ = true;
  epoch_is_news_ = false;
}

void SessionTable::flush_candidates() {
  for (auto& [key, session] : sessions_) {
    const bool any = !session.waiting.list.empty() || session.waiting.done;
    if (any && session.described) queue(key, session.numbers, std::exchange(session.waiting, {}));
  }
}

CameraState SessionTable::current_state() const {
  CameraState now = state_;
  const auto connected = [](const auto& entry) { return entry.second.connected; };
  now.viewers = static_cast<std::uint64_t>(std::count_if(sessions_.begin(), sessions_.end(), connected));
  return now;
}

void SessionTable::queue(const SessionKey& key, SessionNumbers& numbers, const Body& body) {
  const Epochs epochs = epochs_.epochs();
  const Kind kind = kind_of(body);
  std::string json = write_message({numbers.next_outgoing++, std::string(epochs.current)}, body);
  auto payload = access_->seal({topics_.camera(), key, to_string(kind)}, epochs, std::move(json));
  // Sealing fails only for a viewer whose key was taken away meanwhile: silence is then right.
  if (payload && !offline_) publications_.push_back({topics_.to_viewer(key, kind), std::move(*payload), false});
}

void SessionTable::describe(const SessionKey& key, Session& session, const Body& body) {
  session.described = true;
  queue(key, session.numbers, body);
}

SessionTable::Session* SessionTable::find(const SessionKey& key) {
  const auto found = sessions_.find(key);
  return found == sessions_.end() ? nullptr : &found->second;
}

void SessionTable::send_answer(const SessionKey& key, std::string sdp, std::vector<IceServer> ice_servers) {
  Session* session = find(key);
  if (session == nullptr) return;
  session->agreed = true;
  describe(key, *session, Answer{std::move(sdp), std::move(ice_servers), rights_of(key.viewer)});
}

void SessionTable::send_offer(const SessionKey& key, std::string sdp) {
  Session* session = find(key);
  if (session == nullptr) return;
  session->awaits_answer = true;
  session->candidates_in = session->candidates_out = 0;
  session->waiting = {};
  describe(key, *session, Offer{std::move(sdp), {}, rights_of(key.viewer)});
}

void SessionTable::send_candidate(const SessionKey& key, IceCandidate candidate) {
  Session* session = find(key);
  if (session == nullptr || session->candidates_out == kMaxCandidates) return;
  ++session->candidates_out;
  session->waiting.list.push_back(std::move(candidate));
}

void SessionTable::send_end_of_candidates(const SessionKey& key) {
  if (Session* session = find(key)) session->waiting.done = true;
}

void SessionTable::on_answer_accepted(const SessionKey& key) {
  if (Session* session = find(key)) session->agreed = true;
}

void SessionTable::reject_offer(TimePoint now, const SessionKey& key, ErrorCode code, std::string message) {
  answer_error({now, key, std::nullopt}, code, std::move(message));
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) return;
  if (found->second.agreed) return;
  rates_.on_worthless_offer(now);
  forget(found);
}

void SessionTable::send_bye(const SessionKey& key, Reason reason) {
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) return;
  queue(key, found->second.numbers, Bye{reason, {}});
  forget(found);
}

void SessionTable::end_all(Reason reason) {
  while (!sessions_.empty()) send_bye(SessionKey(sessions_.begin()->first), reason);
}

std::size_t SessionTable::end_viewer(std::string_view viewer, Reason reason) {
  std::vector<SessionKey> theirs;
  for (const auto& [key, session] : sessions_)
    if (key.viewer == viewer) theirs.push_back(key);
  for (const SessionKey& key : theirs) {
    events_.emplace_back(SessionEnded{key, reason, false});
    send_bye(key, reason);
  }
  return theirs.size();
}

std::size_t SessionTable::sessions_of(std::string_view viewer) const {
  const auto is_theirs = [&](const auto& entry) { return entry.first.viewer == viewer; };
  return static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(), is_theirs));
}

void SessionTable::send_control_report(const SessionKey& key, ControlReport report) {
  if (Session* session = find(key)) queue(key, session->numbers, Control{std::move(report)});
}

void SessionTable::send_notice(const SessionKey& key, Notice notice) {
  Session* session = find(key);
  if (session == nullptr) return;
  session->notice = notice;
  remind(key, *session);
}

void SessionTable::remind(const SessionKey& key, Session& session) {
  if (session.notice) queue(key, session.numbers, *session.notice);
}

void SessionTable::on_broker_connected() {
  state_is_fresh_ = false;
  epoch_is_news_ = true;  // it may have turned while nobody listened
  for (auto& [key, session] : sessions_) remind(key, session);
}

void SessionTable::forget(Sessions::iterator session) {
  if (session->second.connected) state_is_fresh_ = false;
  recent_.keep(session->first, session->second.numbers);
  sessions_.erase(session);
}

void SessionTable::on_ice_connected(const SessionKey& key) {
  Session* session = find(key);
  if (session == nullptr) return;
  session->connect_by = kNever;
  if (!std::exchange(session->connected, true)) state_is_fresh_ = false;
}

void SessionTable::on_link_began_anew(TimePoint now, const SessionKey& key) {
  Session* session = find(key);
  if (session == nullptr) return;
  session->connect_by = now + kConnectTime;
  if (std::exchange(session->connected, false)) state_is_fresh_ = false;
}

void SessionTable::set_camera(CameraHealth health) {
  if (std::exchange(state_.camera, health) != health) state_is_fresh_ = false;
}

void SessionTable::set_talking(bool talking) {
  if (std::exchange(state_.talking, talking) != talking) state_is_fresh_ = false;
}

void SessionTable::set_microphone_lost(bool lost) {
  if (std::exchange(state_.microphone_lost, lost) != lost) state_is_fresh_ = false;
}

void SessionTable::set_nobody_invited(bool nobody) {
  if (std::exchange(state_.nobody_invited, nobody) != nobody) state_is_fresh_ = false;
}

void SessionTable::set_encoder(std::string words) {
  if (words == state_.encoder) return;
  state_.encoder = std::move(words);
  state_is_fresh_ = false;
}

std::string SessionTable::state_text() const { return write_online(current_state(), epochs_.epochs().current); }

void SessionTable::set_name(std::string name) {
  state_.name = std::move(name);
  state_is_fresh_ = false;
}

void SessionTable::set_max_viewers(std::uint64_t max_viewers) {
  state_.max_viewers = max_viewers;
  state_is_fresh_ = false;
}

void SessionTable::set_ice_servers(std::vector<IceServer> servers) {
  state_.ice_servers = std::move(servers);
  state_is_fresh_ = false;
}

void SessionTable::go_offline() {
  flush_candidates();
  publications_.push_back(last_will());
  offline_ = true;
}

}  // namespace perch::signaling
