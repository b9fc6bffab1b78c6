#include "bench/receiver/bench_viewer.hpp"

#include <array>

#include "hal/base/h264_sps.hpp"
#include "hal/base/text.hpp"
#include "net/rtcp/keyframe_request.hpp"
#include "signaling/sdp/agreement.hpp"
#include "signaling/sdp/parser.hpp"

namespace perch::bench {
namespace {

using namespace signaling;

constexpr std::uint8_t kTransportCcId = 3;

/// Nobody's certificate.
constexpr const char* kNobody =
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";

std::optional<sim::ReceiverConfig> receiver_config(const sdp::MediaDescription& media) {
  sim::ReceiverConfig config;
  for (const auto& fingerprint : media.fingerprints)
    if (const auto sha256 = sdp::parse_sha256(fingerprint.value)) config.remote_fingerprints.push_back({*sha256});
  if (config.remote_fingerprints.empty() || media.ssrcs.empty()) return std::nullopt;
  config.media_ssrc = media.ssrcs.front().ssrc;
  for (const auto& group : media.ssrc_groups)
    if (group.semantics == "FID" && group.ssrcs.size() == 2) {
      config.media_ssrc = group.ssrcs[0];
      config.rtx_ssrc = group.ssrcs[1];
    }
  for (const auto& extension : media.extensions)
    if (extension.id == kTransportCcId) config.transport_wide_cc_id = kTransportCcId;
  return config;
}

}  // namespace

std::string random_text(Random& random, std::size_t bytes) {
  Bytes raw(bytes);
  random.fill(raw);
  std::string text = base64url_encode(raw);
  for (char& c : text)
    if (c == '-' || c == '_') c = 'x';  // RFC 8445 §5.3: ice-chars
  return text;
}

BenchViewer::BenchViewer(ViewerContext context, SessionKey key, Manner manner)
    : context_(std::move(context)),
      key_(std::move(key)),
      manner_(manner),
      local_{random_text(context_.random, 6), random_text(context_.random, 18)},
      timer_(context_.loop,
             [this] {
               const TimePoint now = monotonic_now();
               peer_->on_deadline(now);
               pump(now);
             }),
      pli_timer_(context_.loop, [this] { inject_pli(monotonic_now()); }) {}

/// What Chromium offers, cut down to what the camera looks at.
std::string BenchViewer::offer_sdp() const {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
         "m=video 9 UDP/TLS/RTP/SAVPF 108 109\r\nc=IN IP4 0.0.0.0\r\n"
         "a=ice-ufrag:" +
         local_.ufrag + "\r\na=ice-pwd:" + local_.pwd + "\r\na=ice-options:trickle\r\na=fingerprint:sha-256 " +
         (manner_ == Manner::kBadDtls ? kNobody : context_.certificate.fingerprint().to_string()) +
         "\r\na=setup:actpass\r\na=mid:0\r\n"
         "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"
         "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
         "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
         "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"
         "a=recvonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtcp-xr:rcvr-rtt=all\r\n"
         "a=rtpmap:108 H264/90000\r\na=rtcp-fb:108 transport-cc\r\na=rtcp-fb:108 ccm fir\r\na=rtcp-fb:108 nack\r\n"
         "a=rtcp-fb:108 nack pli\r\n"
         "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
         "a=rtpmap:109 rtx/90000\r\na=fmtp:109 apt=108\r\n";
}

Result<void> BenchViewer::offer() {
  offered_at_ = monotonic_now();
  if (manner_ == Manner::kHalfOpen) {
    send(Offer{offer_sdp(), {}});
    return {};
  }
  net::IceAgent::Callbacks callbacks;
  callbacks.on_local_candidate = [this](std::string line) { send(Candidates{{{std::move(line), "0"}}, false}); };
  callbacks.on_gathering_done = [this] { send(Candidates{{}, true}); };
  callbacks.on_connected = [this] {
    path_known_ = true;
    if (peer_) peer_->start(monotonic_now());
  };
  callbacks.on_failed = [this] { failure_ = "ICE failed"; };
  callbacks.on_datagram = [this](ByteView datagram) {
    if (!peer_) return;
    if (manner_ == Manner::kGarbage) return send_noise();
    const TimePoint now = monotonic_now();
    peer_->on_datagram(now, datagram);
    if (!first_rtp_ && peer_->stats().packets > 0) first_rtp_ = now - offered_at_;
    pump(now);
  };
  constexpr bool kControlling = true;
  auto ice = net::IceAgent::create(context_.loop, context_.ice, kControlling, local_, std::move(callbacks));
  if (!ice) return fail(std::move(ice.error()));
  ice_ = std::move(*ice);
  send(Offer{offer_sdp(), {}});
  return ice_->gather();
}

void BenchViewer::on_message(std::uint64_t seq, const Body& body) {
  if (!std::holds_alternative<ErrorMessage>(body) && !heard_.accept(seq)) return;
  if (const auto* answer = std::get_if<Answer>(&body)) return on_answer(*answer);
  if (const auto* error = std::get_if<ErrorMessage>(&body)) failure_ = to_string(error->code);
  if (const auto* bye = std::get_if<Bye>(&body)) failure_ = to_string(bye->reason);
  if (const auto* candidates = std::get_if<Candidates>(&body)) {
    if (!ice_) return;
    for (const IceCandidate& candidate : candidates->list) ice_->add_remote_candidate(candidate.candidate);
    if (candidates->done) ice_->remote_candidates_done();
  }
}

void BenchViewer::on_answer(const Answer& answer) {
  const auto parsed = sdp::parse(answer.sdp);
  auto config = parsed && !parsed->media.empty() ? receiver_config(parsed->media.front()) : std::nullopt;
  if (!config) {
    failure_ = "unusable answer";
    return;
  }
  config->keep_frames = context_.look;
  media_ssrc_ = config->media_ssrc;
  auto peer = sim::ReceiverPeer::create(*config, context_.certificate, context_.random, context_.clock);
  if (!peer) {
    failure_ = peer.error().message();
    return;
  }
  peer_ = std::move(*peer);
  if (!ice_) return;
  const sdp::MediaDescription& media = parsed->media.front();
  ice_->set_remote_credentials({media.ice_ufrag, media.ice_pwd});
  for (const std::string& candidate : media.candidates) ice_->add_remote_candidate(candidate);
  if (path_known_) peer_->start(monotonic_now());
  if (context_.pli_per_second > 0) inject_pli(monotonic_now());
}

void BenchViewer::inject_pli(TimePoint now) {
  pli_timer_.set(now + Duration(seconds(1)) / context_.pli_per_second);
  if (!peer_->connected()) return;
  std::array<std::uint8_t, 16> buffer{};
  ByteWriter out(buffer);
  constexpr rtp::Ssrc kOurs = 1;
  write(out, net::rtcp::PictureLossIndication{kOurs, media_ssrc_});
  peer_->send_rtcp(out.written());
  ++plis_injected_;
  pump(now);
}

void BenchViewer::on_frame(const rtp::ReceivedAccessUnit& unit) {
  constexpr std::uint8_t kSps = 7;  // H.264 Table 7-1
  for (const Bytes& nal : unit.nals)
    if (!nal.empty() && (nal[0] & 0x1f) == kSps)
      if (const auto sps = parse_sps(nal)) picture_ = sps->size;
}

/// For each datagram one that looks like a DTLS handshake record and is none, and one that looks like RTP.
void BenchViewer::send_noise() {
  for (const std::uint8_t first : {std::uint8_t{22}, std::uint8_t{0x80}}) {
    Bytes datagram(200);
    context_.random.fill(datagram);
    datagram[0] = first;
    ice_->send(datagram);
    ++noise_;
  }
}

void BenchViewer::pump(TimePoint now) {
  while (const auto datagram = peer_->next_datagram()) ice_->send(*datagram);
  while (const auto event = peer_->next_event()) {
    if (const auto* failed = std::get_if<sim::ReceiverPeer::Failed>(&*event)) failure_ = failed->reason;
    if (const auto* frame = std::get_if<sim::ReceiverPeer::Frame>(&*event)) on_frame(frame->unit);
  }
  static_cast<void>(now);
  timer_.set(peer_->deadline());
}

void BenchViewer::hang_up() { send(Bye{Reason::kUserHangup, {}}); }

}  // namespace perch::bench
