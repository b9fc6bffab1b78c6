#include "net/tier_allocator.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <vector>

namespace perch::net {
namespace {

constexpr Bitrate kbps(std::int64_t v) { return Bitrate::kbps(v); }

/// Viewers whose networks carry so much, reported ten times a second as peers do.
class TierAllocatorTest : public testing::Test {
 protected:
  struct Viewer {
    Bitrate carries;
    bool known = true;
    rtp::Tier tier = rtp::Tier::kMain;
    std::optional<Bitrate> proven = std::nullopt;  // by a probe
    std::vector<double> shown = {};                // of a probe's rate, by the receiver that was busy; then all of it
  };
  void SetUp() override {
    allocator_.set_limits(now_, {});
    take_events();
  }
  void report(TierAllocator::ViewerId id) {
    const Viewer& viewer = viewers_[id];
    TierAllocator::Path path;
    // On low nothing shows that much more could be carried than is sent, but for a probe.
    const Bitrate sent = TierAllocator::wire_rate(rates_.low.value_or(kbps(150)), {}, 0);
    const Bitrate shown = Bitrate::bps(sent.bps() * 11 / 10);
    const Bitrate tried = viewer.tier == rtp::Tier::kLow ? viewer.proven.value_or(shown) : viewer.carries;
    if (viewer.known) path.estimate = std::min(viewer.carries, tried);
    path.tier = viewer.tier;
    allocator_.on_path(now_, id, path);
    take_events();
  }
  void run(Duration length) {
    for (const TimePoint end = now_ + length; now_ < end; now_ += milliseconds(100)) {
      std::vector<TierAllocator::ViewerId> ids;
      for (const auto& [id, viewer] : viewers_) ids.push_back(id);
      for (const auto id : ids) report(id);
    }
  }
  void take_events() {
    while (const auto event = allocator_.next_event()) {
      if (const auto* rates = std::get_if<TierAllocator::RatesChanged>(&*event)) {
        rates_ = rates->rates;
        ++told_;
      } else if (const auto* moved = std::get_if<TierAllocator::Moved>(&*event)) {
        viewers_[moved->id].tier = moved->tier;
        viewers_[moved->id].proven.reset();
        ++moves_;
        moved_at_ = now_;
      } else {
        const auto& probe = std::get<TierAllocator::ProbeWanted>(*event);
        Viewer& viewer = viewers_[probe.id];
        const double shown = viewer.shown.empty() ? 1 : viewer.shown.front();
        if (!viewer.shown.empty()) viewer.shown.erase(viewer.shown.begin());
        viewer.proven = Bitrate::bps(static_cast<std::int64_t>(static_cast<double>(probe.rate.bps()) * shown));
        ++probes_;
      }
    }
  }
  SeededRandom random_{1};
  TierAllocator allocator_{random_};
  TimePoint now_{seconds(100)};
  std::map<TierAllocator::ViewerId, Viewer> viewers_;
  TierRates rates_;
  int told_ = 0;
  int moves_ = 0;
  int probes_ = 0;
  TimePoint moved_at_{};
};

TEST_F(TierAllocatorTest, BeginsAtTheCeiling) {
  EXPECT_EQ(rates_.main, kbps(2000));
  EXPECT_FALSE(rates_.low);
}

TEST_F(TierAllocatorTest, HeadersSoundAndRepetitionsHaveTheirRoom) {
  const Bitrate media = TierAllocator::media_rate(kbps(1000), kbps(60), 0.02);
  EXPECT_NEAR(static_cast<double>(media.kbps()), (1000 - 60 - 17) / 1.085, 1);
  EXPECT_NEAR(static_cast<double>(TierAllocator::wire_rate(media, kbps(60), 0.02).kbps()), 1000, 1);
  EXPECT_EQ(TierAllocator::media_rate(kbps(10), kbps(60), 0).bps(), 0);
}

TEST_F(TierAllocatorTest, FourViewersMakeTwoEncodes) {
  viewers_ = {{1, {kbps(400)}}, {2, {kbps(1000)}}, {3, {kbps(2000)}}, {4, {kbps(4000)}}};
  run(seconds(60));
  EXPECT_EQ(viewers_[1].tier, rtp::Tier::kLow);
  for (const TierAllocator::ViewerId id : {2u, 3u, 4u}) EXPECT_EQ(viewers_[id].tier, rtp::Tier::kMain) << id;
  EXPECT_EQ(rates_.main, TierAllocator::media_rate(kbps(1000), {}, 0));
  ASSERT_TRUE(rates_.low);
  EXPECT_EQ(*rates_.low, TierAllocator::media_rate(kbps(400), {}, 0));
  EXPECT_EQ(moves_, 1);
  EXPECT_LE(probes_, 4) << "seldom, where each one fails";
}

TEST_F(TierAllocatorTest, ALoneSlowViewerGetsMainAtItsRate) {
  viewers_ = {{1, {kbps(400)}}};
  run(seconds(20));
  EXPECT_EQ(viewers_[1].tier, rtp::Tier::kMain);
  EXPECT_EQ(rates_, (TierRates{TierAllocator::media_rate(kbps(400), {}, 0), std::nullopt}));
}

TEST_F(TierAllocatorTest, TheFloorHolds) {
  viewers_ = {{1, {kbps(60)}}};
  run(seconds(5));
  EXPECT_EQ(rates_.main, kbps(150));
}

TEST_F(TierAllocatorTest, AViewerThatIsNotKnownYetDoesNotCount) {
  viewers_ = {{1, {kbps(4000)}}, {2, {kbps(300), false}}};
  run(seconds(5));
  EXPECT_EQ(rates_.main, kbps(2000));
  EXPECT_EQ(moves_, 0);
}

TEST_F(TierAllocatorTest, APassingTroubleMovesNobody) {
  viewers_ = {{1, {kbps(400)}}, {2, {kbps(4000)}}};
  run(milliseconds(1900));
  EXPECT_EQ(moves_, 0);
  viewers_[1].carries = kbps(2000);
  run(seconds(1));
  viewers_[1].carries = kbps(400);
  run(milliseconds(1900));
  EXPECT_EQ(moves_, 0);
  run(milliseconds(300));
  EXPECT_EQ(moves_, 1);
}

TEST_F(TierAllocatorTest, WhoCouldCarryFarMoreThanLowStays) {
  viewers_ = {{1, {kbps(1000)}}, {2, {kbps(4000)}}};
  run(seconds(20));
  EXPECT_EQ(moves_, 0);
  EXPECT_LT(rates_.main, kbps(1000));
}

TEST_F(TierAllocatorTest, ComesBackAfterFiveToTenSecondsConfirmedByAProbe) {
  viewers_ = {{1, {kbps(400)}}, {2, {kbps(4000)}}};
  run(seconds(4));
  ASSERT_EQ(viewers_[1].tier, rtp::Tier::kLow);
  const TimePoint went = moved_at_;
  viewers_[1].carries = kbps(4000);
  run(seconds(12));
  EXPECT_EQ(viewers_[1].tier, rtp::Tier::kMain);
  EXPECT_EQ(probes_, 1);
  EXPECT_GE(moved_at_ - went, seconds(5));
  EXPECT_LE(moved_at_ - went, milliseconds(10'500));
  EXPECT_FALSE(rates_.low);
}

TEST_F(TierAllocatorTest, AProbeNeedNotComeThroughToTheLastBit) {
  viewers_ = {{1, {kbps(400)}}, {2, {kbps(4000)}}};
  run(seconds(4));
  ASSERT_EQ(viewers_[1].tier, rtp::Tier::kLow);
  viewers_[1].carries = kbps(2420);  // 1.12 of what main takes
  run(seconds(12));
  EXPECT_EQ(viewers_[1].tier, rtp::Tier::kMain);
}

TEST_F(TierAllocatorTest, AProbeThatFellShortByLittleIsRepeatedAtOnce) {
  viewers_ = {{1, {kbps(400)}}, {2, {kbps(4000)}}};
  run(seconds(4));
  ASSERT_EQ(viewers_[1].tier, rtp::Tier::kLow);
  const TimePoint went = moved_at_;
  viewers_[1].carries = kbps(4000);
  viewers_[1].shown = {0.77, 0.6};
  run(seconds(20));
  EXPECT_EQ(viewers_[1].tier, rtp::Tier::kMain);
  EXPECT_EQ(probes_, 3);
  EXPECT_LE(moved_at_ - went, seconds(14));
}

TEST_F(TierAllocatorTest, AProbeThatFellShortByLittleIsNotRepeatedForEver) {
  viewers_ = {{1, {kbps(400)}}, {2, {kbps(4000)}}};
  run(seconds(4));
  viewers_[1].carries = kbps(1900);  // three quarters of what is tried
  run(seconds(11));
  EXPECT_EQ(viewers_[1].tier, rtp::Tier::kLow);
  EXPECT_EQ(probes_, 3);
}

TEST_F(TierAllocatorTest, AProbeThatFailsMakesTheNextOneWaitLonger) {
  viewers_ = {{1, {kbps(400)}}, {2, {kbps(4000)}}};
  run(seconds(4));
  ASSERT_EQ(viewers_[1].tier, rtp::Tier::kLow);
  viewers_[1].carries = kbps(1000);  // more than low, less than main
  run(seconds(600));
  EXPECT_EQ(viewers_[1].tier, rtp::Tier::kLow);
  EXPECT_GE(probes_, 15) << "a network may become wide again";
  EXPECT_LE(probes_, 30);
}

TEST_F(TierAllocatorTest, ComesBackAtOnceWhenItIsAlone) {
  viewers_ = {{1, {kbps(400)}}, {2, {kbps(4000)}}};
  run(seconds(4));
  ASSERT_EQ(viewers_[1].tier, rtp::Tier::kLow);
  viewers_.erase(2);
  allocator_.remove(now_, 2);
  take_events();
  EXPECT_EQ(viewers_[1].tier, rtp::Tier::kMain);
  EXPECT_FALSE(rates_.low);
  EXPECT_LT(rates_.main, kbps(400));
}

TEST_F(TierAllocatorTest, MainSparesTheViewerUntilLowHasBegun) {
  viewers_ = {{1, {kbps(400)}}, {2, {kbps(4000)}}};
  run(milliseconds(2100));  // the first report came before there was another viewer
  ASSERT_EQ(moves_, 0);
  report(1);
  ASSERT_EQ(moves_, 1);
  ASSERT_TRUE(rates_.low);
  EXPECT_LT(rates_.main, kbps(400));
  now_ += milliseconds(600);
  report(1);
  EXPECT_EQ(rates_.main, kbps(2000));
}

TEST_F(TierAllocatorTest, WithoutASecondEncodeEverybodyGetsWhatTheSlowestCarries) {
  StreamLimits limits;
  limits.low_available = false;
  allocator_.set_limits(now_, limits);
  viewers_ = {{1, {kbps(400)}}, {2, {kbps(4000)}}};
  run(seconds(10));
  EXPECT_EQ(moves_, 0);
  EXPECT_LT(rates_.main, kbps(400));
}

TEST_F(TierAllocatorTest, LosingTheSecondEncodeBringsEverybodyBack) {
  viewers_ = {{1, {kbps(400)}}, {2, {kbps(4000)}}};
  run(seconds(4));
  StreamLimits limits;
  limits.low_available = false;
  allocator_.set_limits(now_, limits);
  take_events();
  EXPECT_EQ(viewers_[1].tier, rtp::Tier::kMain);
  EXPECT_FALSE(rates_.low);
}

TEST_F(TierAllocatorTest, WhatCannotBeAdaptedIsNotAskedFor) {
  StreamLimits limits;
  limits.adaptable = false;
  limits.low_available = false;
  allocator_.set_limits(now_, limits);
  viewers_ = {{1, {kbps(400)}}};
  run(seconds(5));
  EXPECT_EQ(rates_.main, kbps(2000));
  EXPECT_EQ(told_, 1);
}

TEST_F(TierAllocatorTest, EncodersAreNotToldOfEveryBreath) {
  viewers_ = {{1, {kbps(1000)}}};
  run(seconds(2));
  const int before = told_;
  for (int i = 0; i < 100; ++i) {
    viewers_[1].carries = kbps(i % 2 == 0 ? 1000 : 1020);
    report(1);
    now_ += milliseconds(50);
  }
  EXPECT_LE(told_ - before, 1);
}

TEST_F(TierAllocatorTest, APlungeIsToldAtOnceAndARiseInSteps) {
  viewers_ = {{1, {kbps(2000)}}};
  run(seconds(2));
  viewers_[1].carries = kbps(500);
  report(1);
  EXPECT_LT(rates_.main, kbps(500));
  const int before = told_;
  for (int i = 0; i < 30; ++i) {
    viewers_[1].carries = kbps(500 + 50 * i);
    run(milliseconds(100));
  }
  EXPECT_LE(told_ - before, 7);
  EXPECT_GT(rates_.main, kbps(1400));
}

TEST_F(TierAllocatorTest, WithNobodyLeftTheNextOneBeginsAtTheCeiling) {
  viewers_ = {{1, {kbps(400)}}};
  run(seconds(5));
  allocator_.remove(now_, 1);
  take_events();
  EXPECT_EQ(rates_.main, kbps(2000));
}

}  // namespace
}  // namespace perch::net
