#include "net/congestion/probe_control.hpp"

#include <gtest/gtest.h>

namespace perch::net {
namespace {

constexpr std::size_t kSize = 1200;

class ProbeControlTest : public testing::Test {
 protected:
  /// Sends the probe that is due as five packets at its rate and reports them as a path of `capacity` brings them.
  std::optional<ProbeControl::Outcome> carry(Bitrate capacity, bool lose_all = false) {
    const std::optional<Probe> probe = probes_.next(now_);
    if (!probe) return std::nullopt;
    last_ = *probe;
    microseconds arrived{1'000'000};
    for (int i = 0; i < 5; ++i) {
      probes_.on_sent(now_, number_);
      const Duration gap = std::max(probe->rate.time_for(kSize), capacity.time_for(kSize));
      const SendLog::PacketResult result{number_, now_, kSize, arrived};
      results_[static_cast<std::size_t>(i)] = result;
      if (lose_all) results_[static_cast<std::size_t>(i)].arrived_at.reset();
      arrived += microseconds(to_us(gap));
      now_ += probe->rate.time_for(kSize);
      number_ = number_ + 1;
    }
    EXPECT_FALSE(probes_.take_outcome(now_));
    for (const auto& result : results_) probes_.on_result(result, kSize);
    now_ += milliseconds(100);
    return probes_.take_outcome(now_);
  }
  ProbeControl probes_;
  std::array<SendLog::PacketResult, 5> results_;
  Probe last_;
  rtp::SequenceNumber number_{65'533};  // wraps during the first probe
  TimePoint now_{seconds(1)};
};

TEST_F(ProbeControlTest, DoublesAsLongAsItComesThrough) {
  probes_.start(Bitrate::kbps(300), Bitrate::kbps(2500));
  for (const int kbps : {600, 1200, 2400, 2500}) {
    const auto outcome = carry(Bitrate::kbps(50'000));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(last_.rate, Bitrate::kbps(kbps));
    EXPECT_FALSE(outcome->limited);
    EXPECT_NEAR(static_cast<double>(outcome->rate.kbps()), kbps, kbps * 0.02);
  }
  EXPECT_TRUE(probes_.idle());
}

TEST_F(ProbeControlTest, StopsWhereThePathEnds) {
  probes_.start(Bitrate::kbps(300), Bitrate::kbps(2500));
  carry(Bitrate::kbps(1000));
  const auto outcome = carry(Bitrate::kbps(1000));
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->limited);
  EXPECT_NEAR(static_cast<double>(outcome->rate.kbps()), 1000, 20);
  EXPECT_TRUE(probes_.idle());
  EXPECT_FALSE(probes_.next(now_));
}

TEST_F(ProbeControlTest, IsNeverAboveTheCapAndHasFivePackets) {
  probes_.start(Bitrate::kbps(300), Bitrate::kbps(500));
  const auto probe = probes_.next(now_);
  ASSERT_TRUE(probe);
  EXPECT_EQ(probe->rate, Bitrate::kbps(500));
  EXPECT_GE(probe->bytes, 6000u);
}

TEST_F(ProbeControlTest, OneAtATime) {
  probes_.start(Bitrate::kbps(300), Bitrate::kbps(2500));
  ASSERT_TRUE(probes_.next(now_));
  probes_.request(Bitrate::kbps(900));
  EXPECT_FALSE(probes_.next(now_));
}

TEST_F(ProbeControlTest, ALostProbeSaysNothing) {
  probes_.request(Bitrate::kbps(900));
  EXPECT_FALSE(carry(Bitrate::kbps(1000), true));
  EXPECT_TRUE(probes_.idle());
}

TEST_F(ProbeControlTest, AProbeWithoutFeedbackIsGivenUp) {
  probes_.request(Bitrate::kbps(900));
  ASSERT_TRUE(probes_.next(now_));
  probes_.on_sent(now_, number_);
  EXPECT_FALSE(probes_.take_outcome(now_ + seconds(2)));
  EXPECT_TRUE(probes_.idle());
}

TEST_F(ProbeControlTest, CongestionEndsIt) {
  probes_.start(Bitrate::kbps(300), Bitrate::kbps(2500));
  ASSERT_TRUE(probes_.next(now_));
  probes_.cancel();
  EXPECT_TRUE(probes_.idle());
}

}  // namespace
}  // namespace perch::net
