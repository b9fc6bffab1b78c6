#include "agent/viewers.hpp"

#include <algorithm>
#include <utility>

#include "agent/peer_config.hpp"
#include "hal/base/log.hpp"
#include "hal/base/out_of_memory.hpp"
#include "hal/base/text.hpp"
#include "signaling/sdp/writer.hpp"

namespace perch::agent {
namespace {

using namespace signaling;

constexpr char kModule[] = "viewer";

Reason reason_of(net::LinkEnd how) {
  switch (how) {
    case net::LinkEnd::kIceFailed: return Reason::kIceFailed;
    case net::LinkEnd::kDtlsFailed: return Reason::kUnknownReason;
    case net::LinkEnd::kClosedByViewer: return Reason::kUserHangup;
    case net::LinkEnd::kOutOfMemory: return Reason::kOutOfResources;
  }
  return Reason::kUnknownReason;
}

Notice::Picture picture_of(net::ViewerQuality quality) {
  switch (quality) {
    case net::ViewerQuality::kFull: return Notice::Picture::kFull;
    case net::ViewerQuality::kLow: return Notice::Picture::kLow;
    case net::ViewerQuality::kThinned: return Notice::Picture::kThinned;
  }
  return Notice::Picture::kFull;
}

}  // namespace

Viewers::Viewers(SessionTable& table, net::NetThread& net, const net::Fingerprint& fingerprint, Random& random,
                 SoundEquipment sound, Callbacks callbacks)
    : table_(table),
      net_(net),
      fingerprint_(fingerprint.to_string()),
      random_(random),
      sound_(sound),
      callbacks_(std::move(callbacks)) {}

void Viewers::on_event(TimePoint now, SessionEvent event) {
  const net::LinkId first_new = next_link_;
  if (within_memory([&] { std::visit([&](const auto& e) { on(now, e); }, event); })) return;
  std::visit([&](const auto& e) { abandon(e.key, first_new); }, event);
}

/// Memory ran out in the middle of something. What it has released by now has to do for saying goodbye; a link that was
/// on its way already is taken back.
void Viewers::abandon(const SessionKey& key, net::LinkId first_new) {
  PERCH_ERROR(kModule, "msg=\"out of memory, a session ends\"");
  for (net::LinkId id = first_new; id < next_link_; ++id) {
    net_.remove(id);
    by_link_.erase(id);
  }
  drop(key);
  table_.send_bye(key, Reason::kOutOfResources);
}

Viewers::Session Viewers::start_session(TimePoint now, const SessionKey& key) {
  Session session;
  session.link = next_link_++;
  session.since = now;
  session.pictures_since = now;
  session.ours = new_capabilities(random_, sound_, table_.rights_of(key.viewer), fingerprint_, profile_);
  PERCH_INFO(kModule, "viewer=%s state=new", label_of(key).c_str());
  ++counters_.started;
  return session;
}

void Viewers::open_link(const SessionKey& key, Session& session, bool controlling) {
  by_link_[session.link] = key;
  net_.add(session.link, label_of(key), controlling, {session.ours.ice_ufrag, session.ours.ice_pwd});
}

void Viewers::connect_link(const Session& session) {
  net_.connect(session.link, remote_credentials(session.agreed), session.peer_config());
  net_.add_candidates(session.link, session.agreed.remote.candidates, session.agreed.remote.end_of_candidates);
}

void Viewers::on(TimePoint now, const OfferReceived& event) {
  const auto known = sessions_.find(event.key);
  if (known != sessions_.end()) return renegotiate(now, event, known->second);
  Session session = start_session(now, event.key);
  auto answered = sdp::answer_offer(event.offer.sdp, session.ours);
  if (!answered) {
    PERCH_INFO(kModule, "viewer=%s state=refused reason=%s", label_of(event.key).c_str(),
               in_quotes(answered.error().message()).c_str());
    return reject(now, event.key, answered.error());
  }
  session.agreed = std::move(answered->session);
  if (holds_) {
    session.held_offer = event.offer.sdp;
  } else {
    send_answer(event.key, session, std::move(answered->sdp), true);
  }
  open_link(event.key, session, session.agreed.ice_controlling);
  if (!holds_) connect_link(session);
  sessions_.emplace(event.key, std::move(session));
  tell_demand();
  callbacks_.on_joining();
}

void Viewers::set_profile(std::string profile_level_id) {
  profile_ = std::move(profile_level_id);
  release_answers();
}

void Viewers::release_answers() {
  holds_ = false;
  for (auto& [key, session] : sessions_)
    if (session.held_offer) release(key, session);
}

/// The offer was good when it came; now the answer can also say what the stream is.
void Viewers::release(const SessionKey& key, Session& session) {
  if (!profile_.empty()) session.ours.video.profile_level_id = profile_;
  auto answered = sdp::answer_offer(*session.held_offer, session.ours);
  session.held_offer.reset();
  if (!answered) return;  // cannot be: only the profile has changed, and any profile finds a format
  session.agreed = std::move(answered->session);
  send_answer(key, session, std::move(answered->sdp), true);
  connect_link(session);
  net_.add_candidates(session.link, std::move(session.held_candidates), session.held_candidates_done);
  callbacks_.on_joining();
}

void Viewers::on(TimePoint now, const SolicitReceived& event) {
  if (sessions_.contains(event.key)) return;
  Session session = start_session(now, event.key);
  session.our_offer = sdp::make_offer(session.ours);
  session.described = sdp::write(session.our_offer);
  table_.send_offer(event.key, session.described);
  constexpr bool kOffererControls = true;  // RFC 8445 §6.1.1
  open_link(event.key, session, kOffererControls);
  sessions_.emplace(event.key, std::move(session));
  tell_demand();
}

void Viewers::on(TimePoint now, const AnswerReceived& event) {
  const auto found = sessions_.find(event.key);
  if (found == sessions_.end()) return;
  Session& session = found->second;
  auto agreed = sdp::accept_answer(session.our_offer, event.sdp, session.ours);
  if (!agreed) {
    session.move = Session::Move::kNone;
    return reject(now, event.key, agreed.error());
  }
  session.agreed = std::move(*agreed);
  table_.on_answer_accepted(event.key);
  if (session.move != Session::Move::kNone) return finish_move(event.key, session);
  tell_demand();
  connect_link(session);
  callbacks_.on_joining();
}

/// New TURN credentials with each ICE generation: nothing else gathers.
void Viewers::send_answer(const SessionKey& key, Session& session, std::string sdp, bool with_servers) {
  session.described = sdp;
  auto servers = with_servers ? callbacks_.ice_servers_for(key.viewer) : std::vector<IceServer>();
  table_.send_answer(key, std::move(sdp), std::move(servers));
}

void Viewers::on_network_change() {
  for (auto& [key, session] : sessions_) {
    const bool agreed = session.decided() && !session.held_offer;
    if (session.move != Session::Move::kNone) session.move = Session::Move::kOfferedAndStale;
    if (agreed && session.move == Session::Move::kNone) offer_move(key, session);
  }
}

void Viewers::offer_move(const SessionKey& key, Session& session) {
  sdp::Capabilities ours = session.ours;
  refresh_ice(ours, random_);
  auto offer = sdp::make_restart_offer(session.described, ours);
  if (!offer) return;  // the viewer finds out by itself, and restarts from its side
  session.ours = std::move(ours);
  session.our_offer = std::move(*offer);
  session.described = sdp::write(session.our_offer);
  session.move = Session::Move::kOffered;
  PERCH_INFO(kModule, "viewer=%s state=moving", label_of(key).c_str());
  table_.send_offer(key, session.described);
  net_.begin_anew(session.link, {session.ours.ice_ufrag, session.ours.ice_pwd});
}

/// An offer must be answered before the next may leave (RFC 3264 §4), so a network that changed twice waits for it.
void Viewers::finish_move(const SessionKey& key, Session& session) {
  const bool stale = std::exchange(session.move, Session::Move::kNone) == Session::Move::kOfferedAndStale;
  tell_demand();
  net_.continue_anew(session.link, remote_credentials(session.agreed), session.peer_config());
  net_.add_candidates(session.link, session.agreed.remote.candidates, session.agreed.remote.end_of_candidates);
  if (stale) offer_move(key, session);
}

/// A new offer in a live session: an ICE restart keeps the association, another certificate needs a new one.
void Viewers::renegotiate(TimePoint now, const OfferReceived& event, Session& session) {
  if (session.held_offer) {  // a newer offer takes the place of the one that waits
    if (sdp::answer_offer(event.offer.sdp, session.ours)) session.held_offer = event.offer.sdp;
    return;
  }
  sdp::Capabilities ours = session.ours;
  ++ours.session_version;
  auto answered = sdp::answer_offer(event.offer.sdp, ours);
  if (answered && sdp::compare(session.agreed, answered->session).ice_restart) {
    refresh_ice(ours, random_);
    answered = sdp::answer_offer(event.offer.sdp, ours);
  }
  if (!answered) return reject(now, event.key, answered.error());
  const sdp::Change change = sdp::compare(session.agreed, answered->session);
  session.ours = std::move(ours);
  const bool had_pictures = session.sends_pictures();
  session.agreed = std::move(answered->session);
  if (session.pictures_since && !had_pictures && session.sends_pictures()) session.pictures_since = now;
  session.move = Session::Move::kNone;  // of two crossing offers the viewer's counts
  send_answer(event.key, session, std::move(answered->sdp), change.ice_restart);
  tell_demand();
  if (change.dtls_restart) {
    net_.remove(session.link);
    by_link_.erase(session.link);
    session.link = next_link_++;
    session.ice_connected = session.connected = false;
    table_.on_link_began_anew(now, event.key);
    open_link(event.key, session, session.agreed.ice_controlling);
    return connect_link(session);
  }
  net_.renegotiate(session.link, session.peer_config());
  if (!change.ice_restart) return;
  net_.restart(session.link, {session.ours.ice_ufrag, session.ours.ice_pwd}, remote_credentials(session.agreed));
  net_.add_candidates(session.link, session.agreed.remote.candidates, session.agreed.remote.end_of_candidates);
}

void Viewers::on(TimePoint, const CandidatesReceived& event) {
  const auto found = sessions_.find(event.key);
  if (found == sessions_.end()) return;
  std::vector<std::string> lines;
  for (const IceCandidate& candidate : event.candidates) lines.push_back(candidate.candidate);
  if (Session& session = found->second; session.held_offer) {
    session.held_candidates.insert(session.held_candidates.end(), lines.begin(), lines.end());
    session.held_candidates_done |= event.done;
    return;
  }
  net_.add_candidates(found->second.link, std::move(lines), event.done);
}

void Viewers::on(TimePoint now, const SessionEnded& event) {
  const auto found = sessions_.find(event.key);
  if (found == sessions_.end()) return;
  ++counters_.ended[to_string(event.reason)];
  PERCH_INFO(kModule, "viewer=%s state=ended reason=%s by=%s after_s=%lld", label_of(event.key).c_str(),
             to_string(event.reason), event.by_viewer ? "viewer" : "camera",
             static_cast<long long>((now - found->second.since) / seconds(1)));
  drop(event.key);
}

void Viewers::on(TimePoint, const ControlReceived& event) {
  if (!event.request.name.empty())
    PERCH_INFO(kModule, "viewer=%s control=%s value=%lld", label_of(event.key).c_str(),
               in_quotes(event.request.name).c_str(), static_cast<long long>(event.request.value));
  callbacks_.on_control(event.key, event.request);
}

/// What the table forgets with it is forgotten here too: nobody could end it any more.
void Viewers::reject(TimePoint now, const SessionKey& key, const Error& why) {
  table_.reject_offer(now, key, error_code_of(why.code), why.message());
  if (!table_.has(key)) drop(key);
}

void Viewers::drop(const SessionKey& key) {
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) return;
  net_.remove(found->second.link);
  by_link_.erase(found->second.link);
  sessions_.erase(found);
  tell_demand();
}

void Viewers::tell_demand() const {
  Demand demand;
  for (const auto& [key, session] : sessions_) {
    // While our offer is on its way the camera may as well warm up.
    demand.pictures += !session.decided() || session.sends_pictures() ? 1 : 0;
    demand.held += session.held_offer ? 1 : 0;
    demand.sound += session.sends_sound() ? 1 : 0;
  }
  callbacks_.on_demand(demand);
}

std::string Viewers::label(net::LinkId id) const {
  const auto named = by_link_.find(id);
  return named == by_link_.end() ? std::string() : label_of(named->second);
}

Viewers::Session* Viewers::find(net::LinkId id, SessionKey& key) {
  const auto named = by_link_.find(id);
  if (named == by_link_.end()) return nullptr;
  key = named->second;
  const auto found = sessions_.find(key);
  return found == sessions_.end() ? nullptr : &found->second;
}

void Viewers::on_local_candidate(net::LinkId id, std::string candidate) {
  SessionKey key;
  const Session* session = find(id, key);
  if (session == nullptr) return;
  const std::string mid = session->decided() ? session->agreed.media.front().mid : "0";
  table_.send_candidate(key, {std::move(candidate), mid});
}

void Viewers::on_gathering_done(net::LinkId id) {
  SessionKey key;
  if (find(id, key) != nullptr) table_.send_end_of_candidates(key);
}

void Viewers::on_ice_connected(net::LinkId id) {
  SessionKey key;
  Session* session = find(id, key);
  if (session == nullptr || session->ice_connected) return;
  session->ice_connected = true;
  table_.on_ice_connected(key);
}

void Viewers::end_all(Reason reason) {
  while (!sessions_.empty()) {
    const SessionKey key = sessions_.begin()->first;
    table_.send_bye(key, reason);
    on(monotonic_now(), SessionEnded{key, reason, false});
  }
}

std::vector<std::pair<net::LinkId, ViewerStatus>> Viewers::statuses() const {
  std::vector<std::pair<net::LinkId, ViewerStatus>> all;
  const TimePoint now = monotonic_now();
  for (const auto& [key, session] : sessions_) all.emplace_back(session.link, session.status(key, now));
  return all;
}

std::size_t Viewers::watching() const {
  return static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(), [](const auto& entry) {
    return entry.second.connected && entry.second.sends_pictures();
  }));
}

void Viewers::on_connected(net::LinkId id) {
  SessionKey key;
  Session* session = find(id, key);
  if (session == nullptr) return;
  if (!std::exchange(session->connected, true)) {
    ++counters_.connected;
    counters_.connect_time.add(static_cast<double>(to_ms(monotonic_now() - session->since)) / 1000);
  }
  PERCH_INFO(kModule, "viewer=%s state=connected after_ms=%lld", label_of(key).c_str(),
             static_cast<long long>(to_ms(monotonic_now() - session->since)));
}

void Viewers::on_picture_began(net::LinkId id, TimePoint at) {
  SessionKey key;
  Session* session = find(id, key);
  if (session == nullptr || !session->pictures_since) return;
  const Duration taken = at - *std::exchange(session->pictures_since, std::nullopt);
  counters_.first_frame_time.add(static_cast<double>(to_ms(taken)) / 1000);
}

void Viewers::on_quality(net::LinkId id, net::ViewerQuality quality) {
  SessionKey key;
  if (find(id, key) == nullptr) return;
  PERCH_INFO(kModule, "viewer=%s picture=%s", label_of(key).c_str(), net::to_string(quality));
  table_.send_notice(key, {picture_of(quality)});
}

void Viewers::on_link_ended(net::LinkId id, net::LinkEnd how, const std::string& why) {
  SessionKey key;
  if (find(id, key) == nullptr) return;
  PERCH_INFO(kModule, "viewer=%s state=ended reason=%s detail=%s", label_of(key).c_str(), net::to_string(how),
             in_quotes(why).c_str());
  ++counters_.ended[to_string(reason_of(how))];
  table_.send_bye(key, reason_of(how));
  drop(key);
}

}  // namespace perch::agent
