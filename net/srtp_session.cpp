#include "net/srtp_session.hpp"

#include <srtp2/srtp.h>

#include <algorithm>
#include <string>

namespace perch::net {
namespace {

// RFC 3711 §3.3.2 asks for 64 at least. A burst of a key frame and its retransmissions is longer.
constexpr unsigned long kWindow = 1024;

bool initialise_once() {
  static const bool ok = srtp_init() == srtp_err_status_ok;
  return ok;
}

/// One direction: a context that makes a stream for every SSRC it meets.
srtp_err_status_t open(srtp_t& out, srtp_ssrc_type_t direction, const SrtpMasterKey& master, bool media) {
  std::array<unsigned char, SRTP_AES_ICM_128_KEY_LEN_WSALT> key{};
  std::copy(master.key.begin(), master.key.end(), key.begin());
  std::copy(master.salt.begin(), master.salt.end(), key.begin() + 16);
  srtp_policy_t policy{};
  if (media)
    srtp_crypto_policy_set_rtp_default(&policy.rtp);  // AES_CM_128_HMAC_SHA1_80
  else
    srtp_crypto_policy_set_null_cipher_hmac_null(&policy.rtp);  // never reached: unprotect_rtp() refuses
  srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
  policy.ssrc.type = direction;
  policy.key = key.data();
  policy.window_size = kWindow;
  policy.allow_repeat_tx = 1;  // a plain retransmission has the sequence number of the original
  const srtp_err_status_t status = srtp_create(&out, &policy);
  wipe(key.data(), key.size());
  return status;
}

/// libsrtp reads the SSRC before it checks anything else.
std::optional<rtp::Ssrc> ssrc_at(ByteView packet, std::size_t offset) {
  ByteReader in(packet);
  in.skip(offset);
  const rtp::Ssrc ssrc = in.u32();
  return in.ok() ? std::optional(ssrc) : std::nullopt;
}

}  // namespace

struct SrtpSession::Native {
  Native() = default;
  ~Native() {
    if (outbound != nullptr) srtp_dealloc(outbound);
    if (inbound != nullptr) srtp_dealloc(inbound);
  }
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;
  srtp_t outbound = nullptr;
  srtp_t inbound = nullptr;
};

SrtpSession::SrtpSession(std::unique_ptr<Native> native, bool receives_media)
    : native_(std::move(native)), receives_media_(receives_media) {}
SrtpSession::SrtpSession(SrtpSession&&) noexcept = default;
SrtpSession& SrtpSession::operator=(SrtpSession&&) noexcept = default;
SrtpSession::~SrtpSession() = default;

Result<SrtpSession> SrtpSession::create(const SrtpKeys& keys, bool receives_media) {
  if (!initialise_once()) return fail(Errc::kInternal, "libsrtp does not start");
  auto native = std::make_unique<Native>();
  srtp_err_status_t status = open(native->outbound, ssrc_any_outbound, keys.local, true);
  if (status == srtp_err_status_ok) status = open(native->inbound, ssrc_any_inbound, keys.remote, receives_media);
  if (status != srtp_err_status_ok) return fail(Errc::kInternal, "SRTP set-up: status " + std::to_string(status));
  return SrtpSession(std::move(native), receives_media);
}

std::optional<ByteSpan> SrtpSession::protect_rtp(ByteSpan buffer, std::size_t size) {
  int length = static_cast<int>(size);
  const bool fits = size <= buffer.size() && buffer.size() - size >= kRtpOverhead;
  if (!fits || srtp_protect(native_->outbound, buffer.data(), &length) != srtp_err_status_ok) {
    ++counters_.protect_failed;
    return std::nullopt;
  }
  return buffer.first(static_cast<std::size_t>(length));
}

std::optional<ByteSpan> SrtpSession::protect_rtcp(ByteSpan buffer, std::size_t size) {
  int length = static_cast<int>(size);
  const bool fits = size <= buffer.size() && buffer.size() - size >= kRtcpOverhead;
  if (!fits || srtp_protect_rtcp(native_->outbound, buffer.data(), &length) != srtp_err_status_ok) {
    ++counters_.protect_failed;
    return std::nullopt;
  }
  return buffer.first(static_cast<std::size_t>(length));
}

bool SrtpSession::admit(rtp::Ssrc ssrc) {
  const auto end = sources_.begin() + static_cast<std::ptrdiff_t>(source_count_);
  if (std::find(sources_.begin(), end, ssrc) != end) return true;
  return source_count_ < kMaxSources;
}

void SrtpSession::count_inbound_failure(int status) {
  const bool replay = status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old;
  ++(replay ? counters_.replayed : counters_.not_authentic);
}

std::optional<ByteSpan> SrtpSession::unprotect(ByteSpan packet, std::size_t ssrc_offset, Unprotect step) {
  const auto ssrc = ssrc_at(packet, ssrc_offset);
  if (!ssrc || !admit(*ssrc)) {
    ++counters_.refused;
    return std::nullopt;
  }
  int length = static_cast<int>(packet.size());
  const int status = step(native_->inbound, packet.data(), &length);
  if (status != srtp_err_status_ok) {
    count_inbound_failure(status);
    return std::nullopt;
  }
  remember(*ssrc);  // only now: a forged packet must not use up a place
  return packet.first(static_cast<std::size_t>(length));
}

std::optional<ByteSpan> SrtpSession::unprotect_rtp(ByteSpan packet) {
  constexpr std::size_t kSsrcOffset = 8;  // RFC 3550 §5.1
  if (!receives_media_) {
    ++counters_.refused;
    return std::nullopt;
  }
  return unprotect(packet, kSsrcOffset, [](srtp_ctx_t_* context, void* data, int* size) {
    return static_cast<int>(srtp_unprotect(context, data, size));
  });
}

std::optional<ByteSpan> SrtpSession::unprotect_rtcp(ByteSpan packet) {
  constexpr std::size_t kSsrcOffset = 4;  // RFC 3550 §6.4.1
  return unprotect(packet, kSsrcOffset, [](srtp_ctx_t_* context, void* data, int* size) {
    return static_cast<int>(srtp_unprotect_rtcp(context, data, size));
  });
}

void SrtpSession::remember(rtp::Ssrc ssrc) {
  const auto end = sources_.begin() + static_cast<std::ptrdiff_t>(source_count_);
  if (source_count_ < kMaxSources && std::find(sources_.begin(), end, ssrc) == end) sources_[source_count_++] = ssrc;
}

}  // namespace perch::net
