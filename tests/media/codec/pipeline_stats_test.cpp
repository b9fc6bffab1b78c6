#include "media/codec/pipeline_stats.hpp"

#include <gtest/gtest.h>

namespace perch::codec {
namespace {

TEST(PipelineCounters, AddsUp) {
  PipelineCounters counters;
  EXPECT_EQ(counters.read().encode_p95, Duration{});
  counters.on_opened();
  counters.on_dropped();
  counters.on_failure();
  counters.on_missed(2);
  counters.on_missed(5);
  counters.on_damaged_total(3);
  counters.on_frame(100, true, milliseconds(8));
  counters.on_frame(50, false, milliseconds(4));
  const PipelineStats stats = counters.read();
  EXPECT_EQ(stats.opened, 1u);
  EXPECT_EQ(stats.dropped, 1u);
  EXPECT_EQ(stats.failures, 1u);
  EXPECT_EQ(stats.missed, 7u);
  EXPECT_EQ(stats.damaged, 3u);
  EXPECT_EQ(stats.frames, 2u);
  EXPECT_EQ(stats.keyframes, 1u);
  EXPECT_EQ(stats.bytes, 150u);
  EXPECT_EQ(stats.encode_p50, milliseconds(4));
}

TEST(PipelineCounters, TakesPercentilesOverTheLastFrames) {
  PipelineCounters counters;
  for (int i = 0; i < 1000; ++i) counters.on_frame(1, false, seconds(9));
  for (int i = 1; i <= 256; ++i) counters.on_frame(1, false, milliseconds(i));
  const PipelineStats stats = counters.read();
  EXPECT_EQ(stats.encode_p50, milliseconds(128));
  EXPECT_EQ(stats.encode_p95, milliseconds(243));
}

}  // namespace
}  // namespace perch::codec
