#include "net/send_log.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace perch::net {
namespace {

constexpr TimePoint kStart{std::chrono::hours(24 * 40)};  // long after the low bits of the clock have wrapped

class SendLogTest : public testing::Test {
 protected:
  using Result = SendLog::PacketResult;
  void send(int count) {
    for (int i = 0; i < count; ++i) log_.on_sent(kStart + milliseconds(sent_++), 100);
  }
  std::vector<Result> report(std::uint16_t base, std::uint16_t count, const std::vector<std::uint16_t>& arrived) {
    rtcp::TransportFeedback feedback{1, 2, {base}, count, 0, {}};
    for (const std::uint16_t number : arrived) feedback.arrivals.push_back({{number}, milliseconds(number)});
    std::vector<Result> out;
    log_.on_feedback(kStart + milliseconds(sent_ + 50), feedback, [&](const Result& r) { out.push_back(r); });
    return out;
  }
  SendLog log_;
  int sent_ = 0;
};

TEST_F(SendLogTest, TellsWhenAPacketWasSentAndArrived) {
  send(3);
  const auto got = report(0, 3, {0, 2});
  ASSERT_EQ(got.size(), 3u);
  EXPECT_EQ(got[0].sent_at, kStart);
  EXPECT_EQ(got[2].sent_at, kStart + milliseconds(2));
  EXPECT_EQ(got[2].arrived_at, milliseconds(2));
  EXPECT_EQ(got[1].arrived_at, std::nullopt);
  EXPECT_EQ(got[1].size, 100);
}

TEST_F(SendLogTest, ReportsEachOutcomeOnce) {
  send(3);
  EXPECT_EQ(report(0, 3, {0}).size(), 3u);
  EXPECT_EQ(report(0, 3, {0}).size(), 0u);
}

TEST_F(SendLogTest, ALostPacketMayArriveAfterAll) {
  send(3);
  EXPECT_EQ(report(0, 3, {0, 2}).size(), 3u);
  const auto got = report(1, 1, {1});
  ASSERT_EQ(got.size(), 1u);
  EXPECT_TRUE(got[0].arrived_at);
}

TEST_F(SendLogTest, NumbersNeverSentTellNothing) {
  send(3);
  EXPECT_TRUE(report(3, 500, {5, 6}).empty());
  EXPECT_TRUE(report(40'000, 65'535, {}).size() <= 3);
}

TEST_F(SendLogTest, ForgetsTheOldest) {
  send(1500);
  EXPECT_TRUE(report(0, 400, {1, 2}).empty());
  EXPECT_EQ(report(1000, 500, {1499}).size(), 500u);
}

TEST_F(SendLogTest, NumbersWrap) {
  send(65'536 + 10);
  EXPECT_EQ(log_.next_number().value, 10);
  const auto got = report(65'530, 16, {65'535, 0, 9});
  ASSERT_EQ(got.size(), 16u);
  EXPECT_EQ(got[6].sent_at, kStart + milliseconds(65'536));
}

}  // namespace
}  // namespace perch::net
