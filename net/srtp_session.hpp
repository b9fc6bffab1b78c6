// Protects and unprotects RTP and RTCP of one peer with the keys of its DTLS handshake.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "media/rtp/types.hpp"
#include "net/srtp_keys.hpp"

struct srtp_ctx_t_;

namespace perch::net {

/// AES_CM_128_HMAC_SHA1_80 in both directions. All work happens in the caller's buffer. Single thread (net).
class SrtpSession {
 public:
  /// Room that a protected packet needs behind it [bytes]: the tag, and for RTCP the index word.
  static constexpr std::size_t kRtpOverhead = 10;
  static constexpr std::size_t kRtcpOverhead = 14;

  struct Counters {
    std::uint64_t protect_failed = 0;
    std::uint64_t not_authentic = 0;  ///< wrong tag, or garbage
    std::uint64_t replayed = 0;
    std::uint64_t refused = 0;  ///< from one source too many, or media where none is received
  };

  /// Without `receives_media` all inbound RTP is refused and costs no memory (some 14 kB with Debian's libsrtp).
  [[nodiscard]] static Result<SrtpSession> create(const SrtpKeys& keys, bool receives_media);
  SrtpSession(SrtpSession&&) noexcept;
  SrtpSession& operator=(SrtpSession&&) noexcept;
  ~SrtpSession();

  /// The first `size` bytes of `buffer` are one packet; gives the protected packet, or nothing when the buffer is too
  /// small or the library refuses (a sequence number over 1024 behind the newest). RTP packets may be repeated.
  [[nodiscard]] std::optional<ByteSpan> protect_rtp(ByteSpan buffer, std::size_t size);
  [[nodiscard]] std::optional<ByteSpan> protect_rtcp(ByteSpan buffer, std::size_t size);

  /// Gives the packet without its protection, in the same buffer; nothing when it is not authentic or seen before.
  [[nodiscard]] std::optional<ByteSpan> unprotect_rtp(ByteSpan packet);
  [[nodiscard]] std::optional<ByteSpan> unprotect_rtcp(ByteSpan packet);

  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  struct Native;
  SrtpSession(std::unique_ptr<Native> native, bool receives_media);
  using Unprotect = int (*)(srtp_ctx_t_* context, void* data, int* size);
  [[nodiscard]] std::optional<ByteSpan> unprotect(ByteSpan packet, std::size_t ssrc_offset, Unprotect step);
  [[nodiscard]] bool admit(rtp::Ssrc ssrc);
  void remember(rtp::Ssrc ssrc);
  void count_inbound_failure(int status);

  // Each new inbound source costs memory in libsrtp and is never given back, so a peer gets only a few.
  static constexpr std::size_t kMaxSources = 16;
  std::unique_ptr<Native> native_;
  bool receives_media_;
  std::array<rtp::Ssrc, kMaxSources> sources_{};
  std::size_t source_count_ = 0;
  Counters counters_;
};

}  // namespace perch::net
