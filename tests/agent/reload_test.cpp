#include "agent/reload.hpp"

#include <gtest/gtest.h>

namespace perch::agent {
namespace {

TEST(Reload, TakesOverWhatCanChangeAndNamesTheRest) {
  Config running;
  running.video.source = "pattern";
  Config wanted = running;
  wanted.video.max_bitrate = 500'000;
  wanted.video.source = "/dev/video3";
  wanted.ice.servers = {"stun:host"};
  const ReloadPlan plan = plan_reload(running, wanted);
  EXPECT_EQ(plan.config.video.max_bitrate, 500'000);
  EXPECT_EQ(plan.config.ice.servers, wanted.ice.servers);
  EXPECT_EQ(plan.config.video.source, "pattern") << "needs a restart";
  ASSERT_EQ(plan.live.size(), 2U);
  ASSERT_EQ(plan.needs_restart.size(), 1U);
  EXPECT_EQ(plan.needs_restart[0]->label(), "[video] source");
}

TEST(Reload, OfTheSameConfigurationChangesNothing) {
  const ReloadPlan plan = plan_reload(Config{}, Config{});
  EXPECT_TRUE(plan.live.empty());
  EXPECT_TRUE(plan.needs_restart.empty());
}

TEST(Reload, WhatNeedsARestartIsNamedAgainAtTheNextReload) {
  Config wanted;
  wanted.video.fps = 5;
  const ReloadPlan first = plan_reload(Config{}, wanted);
  EXPECT_EQ(plan_reload(first.config, wanted).needs_restart.size(), 1U);
}

}  // namespace
}  // namespace perch::agent
