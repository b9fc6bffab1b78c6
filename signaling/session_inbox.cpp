// Incoming side of the session table: every check a message passes, in order, and what each kind does.
#include <algorithm>
#include <bit>
#include <utility>

#include "hal/base/log.hpp"
#include "signaling/sdp/candidate.hpp"
#include "signaling/session_table.hpp"

namespace perch::signaling {
namespace {

constexpr char kModule[] = "signaling";

/// Session level of an error about a session id that is none: the sender's own word if it is harmless, else 128 zero
/// bits.
std::string answerable_session(std::string_view session) {
  return is_id(session) ? std::string(session) : std::string(22, 'A');
}

}  // namespace

void SessionTable::on_own_state(TimePoint now, ByteView payload) {
  if (offline_) return;
  guard_.on_heard(as_text(payload), as_text(payload) == last_will().payload);
  deny_lies(now);
}

void SessionTable::deny_lies(TimePoint now) {
  const WhoSpoke who = guard_.denies(now);
  if (who == WhoSpoke::kWeAlone) return;
  state_is_fresh_ = false;
  // A broker that learns late that a connection of ours is gone, as after a change of networks: nothing to worry about.
  if (who == WhoSpoke::kOurWill) return;
  // A line for the 1st, 2nd, 4th, 8th …: whoever may write there must not fill the log too.
  if (std::has_single_bit(++counters_.states_denied))
    PERCH_WARN(kModule,
               "somebody else spoke in the camera's state, %s; said ours again. Another camera with this id, or a "
               "broker that lets others write there?",
               topics_.state().c_str());
}

void SessionTable::on_message(TimePoint now, std::string_view topic, ByteView payload) {
  if (topic == topics_.state()) return on_own_state(now, payload);
  const auto address = topics_.parse_inbox(topic);
  if (!address || offline_) {
    ++counters_.ignored;
    return;
  }
  Incoming in{now, {std::string(address->viewer), std::string(address->session)}, std::nullopt};
  const bool strange = !is_session_id(address->session) || payload.size() > kMaxMessageBytes;
  if (strange && !access_->answers_strangers()) {
    ++counters_.unauthenticated;
    return;
  }
  if (!is_session_id(address->session)) {
    in.key.session = answerable_session(address->session);
    return answer_error(in, ErrorCode::kBadRequest, "a session id is 22 letters of base64url");
  }
  if (strange) return answer_error(in, ErrorCode::kTooLarge, "the message is over 64 KiB");
  const auto body = access_->open({topics_.camera(), in.key, address->kind}, epochs_.epochs(), payload);
  if (!body) {
    ++counters_.unauthenticated;
    return;
  }
  on_body(std::move(in), address->kind, *body);
}

void SessionTable::on_body(Incoming in, std::string_view kind_word, std::string_view body) {
  const auto kind = kind_from(kind_word);
  if (kind == Kind::kError) return;  // errors are never answered with errors
  const auto document = JsonDocument::parse(body);
  if (!document) return answer_error(in, error_code_of(document.error().code), document.error().context);
  const auto envelope = parse_envelope(document->root());
  if (!envelope) {
    const bool version = envelope.error().code == Errc::kUnsupported;
    const ErrorCode code = version ? ErrorCode::kUnsupportedVersion : error_code_of(envelope.error().code);
    return answer_error(in, code, envelope.error().context);
  }
  in.seq = envelope->seq;
  if (!is_new(in)) {
    ++counters_.duplicates;
    return;
  }
  if (!kind) return answer_error(in, ErrorCode::kBadRequest, "no such kind of message");
  auto parsed = parse_body(*kind, document->root());
  if (!parsed) return answer_error(in, error_code_of(parsed.error().code), parsed.error().context);
  dispatch(in, std::move(*parsed));
}

bool SessionTable::is_new(const Incoming& in) {
  if (Session* session = find(in.key)) return session->numbers.incoming.accept(*in.seq);
  SessionNumbers* recent = recent_.find(in.key);
  return recent == nullptr || recent->incoming.accept(*in.seq);
}

void SessionTable::dispatch(const Incoming& in, Body body) {
  std::visit([&](auto& one) { on(in, std::move(one)); }, body);
}

/// Nobody gets in at all just now; whoever asks hears why.
bool SessionTable::is_closed(const Incoming& in) {
  if (state_.camera == CameraHealth::kPrivacy) {
    if (!rates_.may_answer_error(in.now, in.key.viewer)) return true;
    const bool first_heard = recent_.find(in.key) == nullptr;
    SessionNumbers& numbers = recent_.obtain(in.key);
    if (first_heard) (void)numbers.incoming.accept(*in.seq);
    queue(in.key, numbers, Bye{Reason::kPrivacyMode, {}});
    return true;
  }
  if (draining_) answer_error(in, ErrorCode::kBusy, "the camera takes no new viewers, it is about to restart");
  return draining_;
}

bool SessionTable::admit(const Incoming& in) {
  if (!rates_.may_read_offer(in.now)) {
    ++counters_.refused_silently;
    return false;
  }
  if (!rights_of(in.key.viewer).watch) {
    answer_error(in, ErrorCode::kUnauthorized, "this invitation does not include watching");
    return false;
  }
  switch (rates_.on_new_session(in.now, in.key.viewer)) {
    case Admission::kAllowed: break;
    case Admission::kRefused:
      answer_error(in, ErrorCode::kRateLimited, "too many new sessions: at most 5 in 10 s");
      return false;
    case Admission::kRefusedAgain: ++counters_.refused_silently; return false;
  }
  if (is_closed(in)) return false;
  if (sessions_.size() >= state_.max_viewers) {
    answer_error(in, ErrorCode::kBusy, "the camera has as many viewers as it takes");
    return false;
  }
  if (!recent_.may_begin(in.key, sessions_of(in.key.viewer))) {
    answer_error(in, ErrorCode::kRateLimited, "too many new sessions within twenty minutes");
    return false;
  }
  const bool known = recent_.find(in.key) != nullptr;
  Session& session = sessions_[in.key];  // first, as memory may run out: the numbers must not get lost on the way
  session.numbers = recent_.take(in.key);
  if (!known) (void)session.numbers.incoming.accept(*in.seq);  // known ones were asked in is_new()
  session.connect_by = in.now + kConnectTime;
  return true;
}

void SessionTable::on(const Incoming& in, Offer offer) {
  if (Session* session = find(in.key)) return renegotiate(in, *session, std::move(offer));
  if (admit(in)) events_.emplace_back(OfferReceived{in.key, std::move(offer), false});
}

void SessionTable::renegotiate(const Incoming& in, Session& session, Offer offer) {
  if (!session.renegotiations.take(in.now)) {
    return answer_error(in, ErrorCode::kRateLimited, "too many offers in one session");
  }
  session.awaits_answer = false;  // RFC 3264 §4: of two crossing offers the viewer's counts
  session.candidates_in = 0;      // a new offer may begin a new ICE generation with candidates of its own
  session.candidates_out = 0;
  events_.emplace_back(OfferReceived{in.key, std::move(offer), true});
}

void SessionTable::on(const Incoming& in, Solicit solicit) {
  if (find(in.key) != nullptr) return answer_error(in, ErrorCode::kBadRequest, "the session exists already");
  if (admit(in)) events_.emplace_back(SolicitReceived{in.key, solicit.want});
}

void SessionTable::on(const Incoming& in, Answer answer) {
  Session* session = find(in.key);
  if (session == nullptr) return answer_error(in, ErrorCode::kUnknownSession, "no such session");
  if (!std::exchange(session->awaits_answer, false)) {
    return answer_error(in, ErrorCode::kBadRequest, "an answer without an offer");
  }
  events_.emplace_back(AnswerReceived{in.key, std::move(answer.sdp)});
}

void SessionTable::on(const Incoming& in, Candidates batch) {
  Session* session = find(in.key);
  if (session == nullptr) return answer_error(in, ErrorCode::kUnknownSession, "no such session");
  if (session->candidates_in + batch.list.size() > kMaxCandidates) {
    return answer_error(in, ErrorCode::kTooLarge, "over 32 candidates");
  }
  session->candidates_in += batch.list.size();
  // W3C WebRTC §4.8.1: the empty candidate says that no more will come
  const auto is_end = [](const IceCandidate& one) { return one.candidate.empty(); };
  const bool done = batch.done || std::any_of(batch.list.begin(), batch.list.end(), is_end);
  // PROTOCOL.md "Messages": a viewer that is back on the broker asks so what it has missed.
  if (batch.list.empty() && !done && session->reminders.take(in.now)) remind(in.key, *session);
  events_.emplace_back(CandidatesReceived{in.key, usable(std::move(batch.list)), done});
}

std::vector<IceCandidate> SessionTable::usable(std::vector<IceCandidate> list) {
  std::erase_if(list, [](const IceCandidate& one) { return one.candidate.empty(); });
  const auto stripped =
      std::erase_if(list, [](const IceCandidate& one) { return !sdp::parse_candidate(one.candidate); });
  counters_.candidates_stripped += stripped;
  return list;
}

void SessionTable::on(const Incoming& in, const Bye& bye) {
  const auto found = sessions_.find(in.key);
  if (found == sessions_.end()) return;  // over already: nothing is wrong with saying so again
  events_.emplace_back(SessionEnded{in.key, bye.reason, true});
  forget(found);
}

void SessionTable::on(const Incoming&, const ErrorMessage&) {}

void SessionTable::on(const Incoming& in, Control control) {
  auto* request = std::get_if<ControlRequest>(&control);
  if (request == nullptr) return;  // the parser makes none
  Session* session = find(in.key);
  if (session == nullptr) return answer_error(in, ErrorCode::kUnknownSession, "no such session");
  if (!rights_of(in.key.viewer).control)
    return answer_error(in, ErrorCode::kUnauthorized, "this viewer may not change the camera's settings");
  if (!session->controls.take(in.now))
    return answer_error(in, ErrorCode::kRateLimited, "too many settings in a short time");
  events_.emplace_back(ControlReceived{in.key, std::move(*request)});
}

void SessionTable::on(const Incoming&, const Notice&) {}

void SessionTable::answer_error(const Incoming& in, ErrorCode code, std::string message) {
  if (!rates_.may_answer_error(in.now, in.key.viewer)) {
    ++counters_.errors_suppressed;
    return;
  }
  ++counters_.errors_sent;
  Session* session = find(in.key);
  // Sessions that never began are remembered too: their numbers must go on where this error leaves them.
  const bool first_heard = session == nullptr && recent_.find(in.key) == nullptr;
  SessionNumbers& numbers = session != nullptr ? session->numbers : recent_.obtain(in.key);
  if (first_heard && in.seq) (void)numbers.incoming.accept(*in.seq);
  queue(in.key, numbers, ErrorMessage{code, std::move(message)});
}

}  // namespace perch::signaling
