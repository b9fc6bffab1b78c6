#include "net/srtp_session.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>

#include "hal/base/random.hpp"
#include "media/rtp/rtp_packet.hpp"
#include "net/rtcp/report.hpp"

namespace perch::net {
namespace {

SrtpKeys make_keys() {
  SeededRandom random(1);
  SrtpKeys keys;
  random.fill(keys.local.key);
  random.fill(keys.local.salt);
  random.fill(keys.remote.key);
  random.fill(keys.remote.salt);
  return keys;
}

class SrtpPair : public testing::Test {
 protected:
  SrtpPair()
      : keys_(make_keys()),
        camera_(SrtpSession::create(keys_, true).value()),
        viewer_(SrtpSession::create({keys_.remote, keys_.local}, true).value()) {}

  std::optional<Bytes> protect(std::uint16_t number, rtp::Ssrc ssrc = 7) {
    Bytes buffer(200);
    rtp::RtpPacketWriter writer(buffer, {false, 96, {number}, {number * 3000u}, ssrc});
    writer.payload(as_bytes("picture"));
    const std::size_t size = writer.finish().size();
    const auto packet = camera_.protect_rtp(buffer, size);
    return packet ? std::optional(Bytes(packet->begin(), packet->end())) : std::nullopt;
  }
  bool arrives(Bytes packet) {
    const auto plain = viewer_.unprotect_rtp(packet);
    const auto parsed = plain ? rtp::parse_rtp_packet(*plain) : std::nullopt;
    return parsed && as_text(parsed->payload) == "picture";
  }
  Bytes protect_report(rtp::Ssrc ssrc) {
    Bytes buffer(100);
    ByteWriter out(buffer);
    rtcp::write(out, rtcp::ReceiverReport{ssrc, {}});
    const auto packet = camera_.protect_rtcp(buffer, out.size());
    return Bytes(packet->begin(), packet->end());
  }
  SrtpKeys keys_;
  SrtpSession camera_;
  SrtpSession viewer_;
};

TEST_F(SrtpPair, RoundTrip) {
  const auto packet = protect(1);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->size(), 12u + 7u + SrtpSession::kRtpOverhead);
  EXPECT_EQ(as_text(*packet).find("picture"), std::string_view::npos);
  EXPECT_TRUE(arrives(*packet));
}

TEST_F(SrtpPair, RtcpRoundTrip) {
  Bytes packet = protect_report(9);
  EXPECT_EQ(packet.size(), 8u + SrtpSession::kRtcpOverhead);
  const auto plain = viewer_.unprotect_rtcp(packet);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->size(), 8u);
}

TEST_F(SrtpPair, AnyChangedByteIsNotAuthentic) {
  const Bytes packet = *protect(1);
  for (std::size_t i = 0; i < packet.size(); ++i) {
    Bytes changed = packet;
    changed[i] ^= 1;
    EXPECT_FALSE(viewer_.unprotect_rtp(changed)) << i;
  }
  EXPECT_GT(viewer_.counters().not_authentic, 20u);
  EXPECT_TRUE(arrives(packet));
}

TEST_F(SrtpPair, EveryTruncationIsRefused) {
  const Bytes packet = *protect(1);
  const Bytes report = protect_report(9);
  for (std::size_t size = 0; size < packet.size(); ++size) {
    Bytes cut(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(viewer_.unprotect_rtp(cut)) << size;
  }
  for (std::size_t size = 0; size < report.size(); ++size) {
    Bytes cut(report.begin(), report.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(viewer_.unprotect_rtcp(cut)) << size;
  }
}

TEST_F(SrtpPair, ReplaysAreDroppedAndCounted) {
  const Bytes packet = *protect(1);
  EXPECT_TRUE(arrives(packet));
  EXPECT_FALSE(arrives(packet));
  EXPECT_EQ(viewer_.counters().replayed, 1u);
}

TEST_F(SrtpPair, APacketMayBeProtectedAgain) {
  ASSERT_TRUE(protect(1000));
  ASSERT_TRUE(protect(1900));
  EXPECT_TRUE(protect(1000));
}

TEST_F(SrtpPair, LatePacketsWithinTheWindowArrive) {
  const Bytes late = *protect(1);
  for (std::uint16_t i = 2; i < 1000; ++i) EXPECT_TRUE(arrives(*protect(i)));
  EXPECT_TRUE(arrives(late));
}

TEST_F(SrtpPair, SequenceNumbersMayWrap) {
  for (int i = 65'500; i < 65'700; ++i) EXPECT_TRUE(arrives(*protect(static_cast<std::uint16_t>(i)))) << i;
}

TEST_F(SrtpPair, ABufferWithoutRoomForTheTagIsRefused) {
  Bytes buffer(30);
  rtp::RtpPacketWriter writer(buffer, {false, 96, {1}, {1}, 7});
  writer.payload(as_bytes("123456789"));
  const std::size_t size = writer.finish().size();
  EXPECT_FALSE(camera_.protect_rtp(ByteSpan(buffer).first(size + SrtpSession::kRtpOverhead - 1), size));
  EXPECT_EQ(camera_.counters().protect_failed, 1u);
}

TEST_F(SrtpPair, SourcesAreLimited) {
  for (rtp::Ssrc ssrc = 1; ssrc <= 16; ++ssrc) EXPECT_TRUE(arrives(*protect(1, ssrc)));
  EXPECT_FALSE(arrives(*protect(1, 17)));
  EXPECT_EQ(viewer_.counters().refused, 1u);
  EXPECT_TRUE(arrives(*protect(2, 16)));
}

TEST_F(SrtpPair, ASessionThatReceivesNoMediaRefusesItAndStillTakesRtcp) {
  SrtpSession sender = SrtpSession::create({keys_.remote, keys_.local}, false).value();
  Bytes packet = *protect(1);
  EXPECT_FALSE(sender.unprotect_rtp(packet));
  Bytes plain{0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, 1, 2, 3};
  EXPECT_FALSE(sender.unprotect_rtp(plain));
  Bytes report = protect_report(9);
  EXPECT_TRUE(sender.unprotect_rtcp(report));
}

TEST_F(SrtpPair, ForgedSourcesUseUpNoPlace) {
  for (rtp::Ssrc ssrc = 100; ssrc < 200; ++ssrc) {
    Bytes forged(60, 0x55);
    ByteWriter out(forged);
    out.u32(0x80600001);
    out.u32(0);
    out.u32(ssrc);
    EXPECT_FALSE(viewer_.unprotect_rtp(forged));
  }
  EXPECT_TRUE(arrives(*protect(1)));
}

TEST(SrtpMasterKey, LeavesNothingBehind) {
  alignas(SrtpMasterKey) std::array<std::uint8_t, sizeof(SrtpMasterKey)> memory{};
  auto* key = new (memory.data()) SrtpMasterKey();
  key->key.fill(0xAA);
  key->salt.fill(0xBB);
  ASSERT_NE(std::count(memory.begin(), memory.end(), 0xAA), 0);
  key->~SrtpMasterKey();
  EXPECT_EQ(std::count(memory.begin(), memory.end(), 0), static_cast<std::ptrdiff_t>(memory.size()));
}

}  // namespace
}  // namespace perch::net
