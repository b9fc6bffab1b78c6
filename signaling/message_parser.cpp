// JSON to message structs: every field checked for presence, type and size before it is believed.
#include "signaling/messages.hpp"

namespace perch::signaling {
namespace {

constexpr std::size_t kMaxEpoch = 64;   // base64url of 128 bits is 22; room for later versions
constexpr std::size_t kMaxLine = 1024;  // a candidate, a URL, a sentence
constexpr std::size_t kMaxControlName = 64;
constexpr std::size_t kMaxIceServers = 16;  // a browser slows down over 5

tl::unexpected<Error> bad_field(const char* name) {
  return fail(Errc::kInvalid, std::string("field `") + name + "` is missing or of the wrong type");
}

/// A member that must be a string of at most `max` bytes.
Result<std::string> required_text(JsonView object, const char* name, std::size_t max) {
  const auto value = object.member(name);
  const auto text = value ? value->as_text() : std::nullopt;
  if (!text) return bad_field(name);
  if (text->size() > max) return fail(Errc::kTooLarge, std::string("field `") + name + "` is too long");
  return std::string(*text);
}

/// As above; an absent member or null is the empty string.
Result<std::string> optional_text(JsonView object, const char* name, std::size_t max) {
  const auto value = object.member(name);
  if (!value || value->is_null()) return std::string();
  return required_text(object, name, max);
}

Result<bool> optional_bool(JsonView object, const char* name, bool otherwise) {
  const auto value = object.member(name);
  if (!value) return otherwise;
  const auto flag = value->as_bool();
  if (!flag) return bad_field(name);
  return *flag;
}

Result<Want> parse_want(JsonView message) {
  const auto object = message.member("want");
  if (!object) return Want{};
  if (!object->is_object()) return bad_field("want");
  const auto video = optional_bool(*object, "video", true);
  const auto audio = optional_bool(*object, "audio", false);
  const auto talk = optional_bool(*object, "talk", false);
  if (!video || !audio || !talk) return bad_field("want");
  return Want{*video, *audio, *talk};
}

Result<Body> parse_offer(JsonView message) {
  auto sdp = required_text(message, "sdp", kMaxSdpBytes);
  if (!sdp) return fail(sdp.error());
  const auto want = parse_want(message);
  if (!want) return fail(want.error());
  return Offer{std::move(*sdp), *want};
}

Result<std::vector<std::string>> parse_urls(JsonView server) {
  const auto urls = server.member("urls");
  if (!urls) return bad_field("urls");
  std::vector<std::string> all;
  for (const JsonView& url : urls->is_array() ? urls->items() : std::vector<JsonView>{*urls}) {
    const auto text = url.as_text();
    if (!text || text->size() > kMaxLine) return bad_field("urls");
    all.emplace_back(*text);
  }
  return all;
}

Result<IceServer> parse_ice_server(JsonView server) {
  auto urls = parse_urls(server);
  auto username = optional_text(server, "username", kMaxLine);
  auto credential = optional_text(server, "credential", kMaxLine);
  if (!urls || !username || !credential) return bad_field("ice_servers");
  return IceServer{std::move(*urls), std::move(*username), std::move(*credential)};
}

Result<Body> parse_answer(JsonView message) {
  auto sdp = required_text(message, "sdp", kMaxSdpBytes);
  if (!sdp) return fail(sdp.error());
  Answer answer{std::move(*sdp), {}};
  const auto servers = message.member("ice_servers");
  if (!servers) return answer;
  if (!servers->is_array()) return bad_field("ice_servers");
  for (const JsonView& item : servers->items()) {
    auto server = parse_ice_server(item);
    if (!server) return fail(server.error());
    if (answer.ice_servers.size() == kMaxIceServers) return fail(Errc::kTooLarge, "too many ICE servers");
    answer.ice_servers.push_back(std::move(*server));
  }
  return answer;
}

Result<Body> parse_solicit(JsonView message) {
  const auto want = parse_want(message);
  if (!want) return fail(want.error());
  return Solicit{*want};
}

Result<IceCandidate> parse_one_candidate(JsonView object) {
  auto candidate = required_text(object, "candidate", kMaxLine);
  auto mid = optional_text(object, "mid", kMaxLine);
  if (!candidate) return fail(candidate.error());
  if (!mid) return fail(mid.error());
  return IceCandidate{std::move(*candidate), std::move(*mid)};
}

Result<Body> parse_candidates(JsonView message) {
  const auto done = optional_bool(message, "done", false);
  if (!done) return fail(done.error());
  const auto list = message.member("candidates");
  if (!list || !list->is_array()) return bad_field("candidates");
  Candidates batch{{}, *done};
  for (const JsonView& item : list->items()) {
    if (batch.list.size() == kMaxCandidates) return fail(Errc::kTooLarge, "over 32 candidates");
    auto one = parse_one_candidate(item);
    if (!one) return fail(one.error());
    batch.list.push_back(std::move(*one));
  }
  return batch;
}

Result<Body> parse_bye(JsonView message) {
  const auto reason = optional_text(message, "reason", kMaxLine);
  auto redirect = optional_text(message, "redirect", kMaxLine);
  if (!reason) return fail(reason.error());
  if (!redirect) return fail(redirect.error());
  return Bye{reason_from(*reason), std::move(*redirect)};
}

Result<Body> parse_error(JsonView message) {
  const auto code = required_text(message, "code", kMaxLine);
  auto text = optional_text(message, "message", kMaxLine);
  if (!code) return fail(code.error());
  if (!text) return fail(text.error());
  const auto known = error_code_from(*code);
  if (!known) return bad_field("code");
  return ErrorMessage{*known, std::move(*text)};
}

/// Requests only: reports go to viewers.
Result<Body> parse_control(JsonView message) {
  const auto set = message.member("set");
  if (!set) return Control{ControlRequest{}};
  if (!set->is_object()) return bad_field("set");
  auto name = required_text(*set, "name", kMaxControlName);
  const auto number = set->member("value");
  const auto value = number ? number->as_integer() : std::nullopt;
  if (!name) return fail(name.error());
  if (name->empty() || !value) return bad_field("set");
  return Control{ControlRequest{std::move(*name), *value}};
}

}  // namespace

Result<Envelope> parse_envelope(JsonView message) {
  if (!message.is_object()) return fail(Errc::kInvalid, "the message is not a JSON object");
  const auto v = message.member("v");
  const auto version = v ? v->as_unsigned(kMaxSeq) : std::nullopt;
  if (!version) return bad_field("v");
  if (*version != kProtocolVersion) return fail(Errc::kUnsupported, "only protocol version 1 is spoken here");
  const auto number = message.member("seq");
  const auto seq = number ? number->as_unsigned(kMaxSeq) : std::nullopt;
  if (!seq) return bad_field("seq");
  auto epoch = optional_text(message, "epoch", kMaxEpoch);
  if (!epoch) return fail(epoch.error());
  return Envelope{*seq, std::move(*epoch)};
}

Result<Body> parse_body(Kind kind, JsonView message) {
  switch (kind) {
    case Kind::kOffer: return parse_offer(message);
    case Kind::kAnswer: return parse_answer(message);
    case Kind::kSolicit: return parse_solicit(message);
    case Kind::kCandidates: return parse_candidates(message);
    case Kind::kBye: return parse_bye(message);
    case Kind::kError: return parse_error(message);
    case Kind::kControl: return parse_control(message);
    case Kind::kNotice: return fail(Errc::kInvalid, "notices are the camera's to give");
  }
  return fail(Errc::kInternal, "a kind without a parser");
}

}  // namespace perch::signaling
