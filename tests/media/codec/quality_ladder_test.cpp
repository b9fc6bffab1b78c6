#include "media/codec/quality_ladder.hpp"

#include <gtest/gtest.h>

namespace perch::codec {
namespace {

constexpr Size kHd{1280, 720};
const TimePoint kStart{seconds(3)};

/// A ladder under a target that stays for a while, updated 30 times a second.
class Climber {
 public:
  explicit Climber(QualityLadder::Config config, Size size = kHd, double fps = 30) : ladder_(config, size, fps) {}
  PictureShape after(Duration duration, Bitrate target) {
    for (const TimePoint end = now_ + duration; now_ < end; now_ += milliseconds(33)) ladder_.update(now_, target);
    return ladder_.current();
  }
  /// The shape that a target leads to when it stays low.
  static PictureShape of(QualityLadder::Config config, Bitrate target) {
    return Climber(config).after(seconds(2), target);
  }

 private:
  QualityLadder ladder_;
  TimePoint now_ = kStart;
};

TEST(QualityLadder, LeavesThePictureAloneWhileThereIsEnough) {
  EXPECT_EQ(Climber::of({}, Bitrate::kbps(2000)), (PictureShape{kHd, 30}));
  EXPECT_EQ(Climber::of({}, Bitrate::kbps(850)), (PictureShape{kHd, 30}));
}

TEST(QualityLadder, GivesUpFramesFirstAndThenSize) {
  EXPECT_EQ(Climber::of({}, Bitrate::kbps(700)), (PictureShape{kHd, 20}));
  EXPECT_EQ(Climber::of({}, Bitrate::kbps(500)), (PictureShape{kHd, 15}));
  EXPECT_EQ(Climber::of({}, Bitrate::kbps(300)), (PictureShape{{960, 540}, 15}));
  EXPECT_EQ(Climber::of({}, Bitrate::kbps(150)), (PictureShape{{640, 360}, 15}));
  EXPECT_EQ(Climber::of({}, Bitrate::kbps(1)), (PictureShape{{320, 180}, 15})) << "there is a last rung";
}

TEST(QualityLadder, GoesDownToTheLowestFrameRateThatIsAllowed) {
  EXPECT_EQ(Climber::of({.min_fps = 10}, Bitrate::kbps(300)), (PictureShape{kHd, 10}));
  EXPECT_EQ(Climber::of({.min_fps = 30}, Bitrate::kbps(500)), (PictureShape{{960, 540}, 30}));
}

TEST(QualityLadder, KeepsWhatItIsToldToKeep) {
  const Bitrate little = Bitrate::kbps(100);
  EXPECT_EQ(Climber::of({.degrade = Degrade::kOff}, little), (PictureShape{kHd, 30}));
  EXPECT_EQ(Climber::of({.degrade = Degrade::kFramerate}, little), (PictureShape{kHd, 15}));
  EXPECT_EQ(Climber::of({.degrade = Degrade::kResolution}, Bitrate::kbps(300)), (PictureShape{{640, 360}, 30}));
}

TEST(QualityLadder, AShortDipChangesNothing) {
  Climber climber({});
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(climber.after(milliseconds(900), Bitrate::kbps(300)).size, kHd);
    EXPECT_EQ(climber.after(milliseconds(100), Bitrate::kbps(1000)), (PictureShape{kHd, 30}));
  }
}

TEST(QualityLadder, ComesBackAtOnceToWhatThereWasRoomForAllTheWhile) {
  Climber climber({});
  EXPECT_EQ(climber.after(seconds(2), Bitrate::kbps(150)).size, (Size{640, 360}));
  EXPECT_EQ(climber.after(seconds(5), Bitrate::kbps(2000)).size, (Size{640, 360})) << "not yet";
  EXPECT_EQ(climber.after(seconds(2), Bitrate::kbps(2000)), (PictureShape{kHd, 30}));
}

TEST(QualityLadder, ComesBackOnlySoFarAsTheWorstMomentOfTheWait) {
  Climber climber({});
  EXPECT_EQ(climber.after(seconds(2), Bitrate::kbps(150)).size, (Size{640, 360}));
  (void)climber.after(seconds(3), Bitrate::kbps(2000));
  (void)climber.after(milliseconds(100), Bitrate::kbps(600));
  EXPECT_EQ(climber.after(seconds(3), Bitrate::kbps(2000)), (PictureShape{kHd, 15}));
  EXPECT_EQ(climber.after(seconds(7), Bitrate::kbps(2000)), (PictureShape{kHd, 30}));
}

TEST(QualityLadder, StaysWhereTheNextRungWouldJustDo) {
  Climber climber({});
  (void)climber.after(seconds(2), Bitrate::kbps(700));
  EXPECT_EQ(climber.after(seconds(60), Bitrate::kbps(900)), (PictureShape{kHd, 20})) << "it needs 830";
}

TEST(QualityLadder, GivesUpNothingAtTheCeilingThatWasChosen) {
  const QualityLadder::Config config{.ceiling = Bitrate::kbps(400)};
  EXPECT_EQ(Climber::of(config, Bitrate::kbps(400)), (PictureShape{kHd, 30}));
  EXPECT_EQ(Climber::of(config, Bitrate::kbps(200)), (PictureShape{kHd, 20}));
}

TEST(QualityLadder, LeavesSlowAndSmallCamerasWhatTheyHave) {
  Climber slow({}, kHd, 10);
  EXPECT_EQ(slow.after(seconds(2), Bitrate::kbps(250)), (PictureShape{{960, 540}, 10}));
  Climber tiny({}, {320, 180}, 30);
  EXPECT_EQ(tiny.after(seconds(2), Bitrate::kbps(10)), (PictureShape{{320, 180}, 15}));
}

TEST(ParseDegrade, KnowsItsWords) {
  EXPECT_EQ(parse_degrade("balanced"), Degrade::kBalanced);
  EXPECT_EQ(parse_degrade("framerate"), Degrade::kFramerate);
  EXPECT_EQ(parse_degrade("resolution"), Degrade::kResolution);
  EXPECT_EQ(parse_degrade("off"), Degrade::kOff);
  EXPECT_FALSE(parse_degrade(""));
}

}  // namespace
}  // namespace perch::codec
