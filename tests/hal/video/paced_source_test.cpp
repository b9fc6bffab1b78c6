#include "hal/video/paced_source.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <cstdlib>

#include "hal/video/barcode.hpp"
#include "hal/video/test_pattern.hpp"

namespace perch::video {
namespace {

constexpr TimePoint kStart{seconds(1000)};

bool readable(int fd) {
  pollfd entry{fd, POLLIN, 0};
  return poll(&entry, 1, 0) == 1;
}

TEST(PacedSource, GivesFramesWithTheTimeTheyWereDue) {
  const auto source = open_test_pattern({"pattern", {320, 180}, {50, 1}}, kStart);
  ASSERT_TRUE(source);
  EXPECT_FALSE((*source)->read_frame(kStart - milliseconds(1)).value());
  for (std::uint32_t n = 0; n < 5; ++n) {
    const auto frame = (*source)->read_frame(kStart + n * milliseconds(20) + milliseconds(3)).value();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->number, n);
    EXPECT_EQ(frame->captured_at, kStart + n * milliseconds(20));
    EXPECT_EQ(frame->format, (*source)->format());
  }
}

TEST(PacedSource, SkipsWhatNobodyFetched) {
  const auto source = open_test_pattern({"pattern", {320, 180}, {50, 1}}, kStart);
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->read_frame(kStart + milliseconds(119)).value()->number, 5U);
  EXPECT_FALSE((*source)->read_frame(kStart + milliseconds(119)).value());
}

TEST(PacedSource, IsReadableWhenAFrameIsDueAndNotBefore) {
  const TimePoint past = monotonic_now() - seconds(1);
  const auto due = open_test_pattern({"pattern", {320, 180}, {1, 1}}, past);
  ASSERT_TRUE(due);
  EXPECT_TRUE(readable((*due)->fd()));
  EXPECT_TRUE((*due)->read_frame(past).value());
  const auto later = open_test_pattern({"pattern", {320, 180}, {1, 1}}, monotonic_now() + seconds(3600));
  ASSERT_TRUE(later);
  EXPECT_FALSE(readable((*later)->fd()));
}

TEST(TestPattern, RoundsTheSizeToWhatI420Can) {
  const auto source = open_test_pattern({"pattern", {321, 7}, {30, 1}}, kStart);
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->format().size, (Size{320, 16}));
}

TEST(TestPattern, BarcodeHasTheWallClockOfTheCapture) {
  const TimePoint start = monotonic_now();
  const auto source = open_test_pattern({"pattern", {640, 360}, {30, 1}}, start);
  ASSERT_TRUE(source);
  const auto frame = (*source)->read_frame(start).value();
  ASSERT_TRUE(frame);
  const auto code = read_barcode(frame->planes[0].data, frame->planes[0].stride, frame->format.size);
  ASSERT_TRUE(code);
  EXPECT_EQ(code->frame_number, 0);
  const auto expected = to_ms(NtpClock::from_system().unix_at(start));
  const auto difference = static_cast<std::int32_t>(code->captured_ms - static_cast<std::uint32_t>(expected));
  EXPECT_LE(std::abs(difference), 2);  // two readings of a pair of clocks
}

}  // namespace
}  // namespace perch::video
